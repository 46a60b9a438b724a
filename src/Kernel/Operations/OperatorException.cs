namespace Maydon.Kernel.Operations;

/// <summary>What stops a command or the start of the server: <see cref="Exception.Message"/> is one sentence that tells the operator what to do.</summary>
public class OperatorException : Exception
{
    public OperatorException(string sentence) : base(sentence)
    {
    }

    public OperatorException(string sentence, Exception cause) : base(sentence, cause)
    {
    }
}
