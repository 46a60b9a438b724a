using System.Text.Json;

namespace Maydon.Kernel.Http.Json;

/// <summary>A value that a converter refuses; the serializer adds the path, the answer names the field.</summary>
internal sealed class FieldException(string messageKey) : JsonException
{
    public string MessageKey { get; } = messageKey;
}
