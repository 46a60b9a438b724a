using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>What the document says of the API as a whole.</summary>
internal static class DocumentDetails
{
    public const string Bearer = "bearer";
    public const string ApiKey = "api_key";

    private static readonly string s_description = $"""
        JSON in snake_case, times in UTC with `Z`, ids are integers. A trailing slash makes no difference.

        **Refusals** are problem details (RFC 9457): `code` is for programs, `detail` for people in their language (the account's for
        whoever is signed in, else `Accept-Language`: {string.Join(", ", Messages.Languages.Select(language => $"`{language}`"))}); `errors` names the fields of a `validation_error`.

        **Signing in**: `POST /auth/login` gives an `access` token to send as `Authorization: Bearer …`. Programs may send
        `Authorization: Api-Key …` instead: a key opens what asks for a permission and what is public.

        **Repeating safely**: send an `Idempotency-Key` with any POST, PUT, PATCH or DELETE; for 24 hours a repeat gets the first answer
        again, marked `Idempotency-Replayed: true`.
        """;

    public static Task Complete(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Maydon", Version = Release.Version, Description = s_description.ReplaceLineEndings("\n") };
        // Relative: whatever name the reader came by.
        document.Servers = [new OpenApiServer { Url = "/" }];
        var order = ApiTags.Order(context.ApplicationServices);
        document.Tags = document.Paths.Values
            .SelectMany(path => path.Operations?.Values.AsEnumerable() ?? [])
            .SelectMany(operation => operation.Tags?.AsEnumerable() ?? [])
            .Select(tag => tag.Reference.Id!)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(tag => order.GetValueOrDefault(tag, order.Count))
            .Select(name => new OpenApiTag { Name = name })
            .ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The access token of POST /auth/login." },
            [ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = HeaderNames.Authorization, Description = "`Api-Key ` and a key that a superuser has made.",
            },
        };
        return Task.CompletedTask;
    }
}
