using Maydon.Kernel.Http.Faults;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>Turns the problem details that ASP.NET itself writes, above all those of its validation, into this API's.</summary>
internal sealed class ValidationProblems : IProblemDetailsService
{
    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        await Translate(context).ExecuteAsync(context.HttpContext);
        return true;
    }

    private static Problem Translate(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is not HttpValidationProblemDetails validation)
            return StatusProblems.Of(context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode);
        var errors = new ValidationErrors();
        foreach (var (path, messages) in validation.Errors)
            foreach (var message in messages)
                errors.AddText(WireNames.OfPath(path, context.HttpContext), message);
        return Problem.Invalid(errors);
    }
}
