using Maydon.Tests.Catalog.Images;

namespace Maydon.Tests.Fuzz;

/// <summary>A form with files that an operation should understand, and the ways to spoil it in one place.</summary>
internal static class SampleForm
{
    /// <param name="code">Of a record that is there.</param>
    public static MultipartFormDataContent Of(OpenApiOperation operation, string code) => Of(operation, name => Sound(operation, name, code));

    public static IEnumerable<(Func<HttpContent> Create, string What)> Nasty(OpenApiOperation operation, string code)
    {
        foreach (var name in operation.FormFields.Keys)
        {
            foreach (var text in NastyValues.Texts)
                yield return (() => Of(operation, other => other == name ? new StringContent(text) : Sound(operation, other, code)), $"form {name} as text ({text.Length})");
            foreach (var (body, _) in NastyValues.Bodies)
                yield return (() => Of(operation, other => other == name ? new ByteArrayContent(body) : Sound(operation, other, code), asFile: name), $"form {name} as a file ({body.Length})");
            yield return (() => Of(operation, other => other == name ? null : Sound(operation, other, code)), $"form without {name}");
        }
    }

    private static MultipartFormDataContent Of(OpenApiOperation operation, Func<string, HttpContent?> field, string? asFile = null)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, isFile) in operation.FormFields)
        {
            if (field(name) is not { } content)
                continue;
            if (name == asFile || (isFile && content is ByteArrayContent and not StringContent))
                form.Add(content, name, "x.png");
            else
                form.Add(content, name);
        }

        return form;
    }

    private static HttpContent Sound(OpenApiOperation operation, string name, string code) => operation.FormFields[name]
        ? new ByteArrayContent(operation.Path.EndsWith("/import", StringComparison.Ordinal) ? "code_1c,client_code_1c,name\nfuzz,fuzz,Fuzz\n"u8.ToArray() : Pictures.Png(3, 2))
        : new StringContent(name switch
        {
            "is_main" or "dry_run" => "true",
            "position" => "5",
            "category" or "note" => "sample",
            _ => code,
        });
}
