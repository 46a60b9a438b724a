using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Catalog.Items;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;

namespace Maydon.Catalog.Sheets;

internal enum ColumnKind { Code, Name, Line, Email, Html, Flag, Project }

/// <summary>One field of a list as a column of files: what can be sent of a record is what can be imported.</summary>
/// <param name="Field">Its heading, the name that the API knows it by.</param>
/// <param name="Column">Of the table.</param>
internal sealed record SheetColumn(string Field, string Column, ColumnKind Kind, int MaxLength)
{
    public const string ProjectField = "project_code_1c";

    /// <summary>What the cleaned text of a description may become.</summary>
    private const int LongestHtml = 100_000;

    /// <summary>Its value in a query over a list <c>t</c>, as text.</summary>
    public string AsText => Kind switch
    {
        ColumnKind.Project => "(select p.code from catalog.projects p where p.id = t.project_id)",
        ColumnKind.Flag => $"t.{Column}::text",
        _ => $"t.{Column}",
    };

    /// <summary>The heading of templates, in the language of whoever asks.</summary>
    public string Heading => Messages.Text(HeadingKey);

    /// <summary>In a file it goes by its name in the API or by its heading in any language; the letter case does not matter.</summary>
    public bool IsCalled(string heading) =>
        heading.Equals(Field, StringComparison.OrdinalIgnoreCase)
        || (Kind == ColumnKind.Project && heading.Equals("project", StringComparison.OrdinalIgnoreCase))
        || Messages.Languages.Any(language => heading.Equals(Messages.Text(Messages.CultureOf(language), HeadingKey), StringComparison.OrdinalIgnoreCase));

    private string HeadingKey => $"heading_{Field}";

    /// <summary>By what the fields say of themselves.</summary>
    // In JSON a project has two names, in files one.
    public static IReadOnlyList<SheetColumn> Of(Type fields, string codeField) => [.. fields.GetProperties().Select(property => Of(property, codeField)).DistinctBy(column => column.Field)];

    private static SheetColumn Of(PropertyInfo property, string codeField)
    {
        var field = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        if (property.PropertyType == typeof(bool?))
            return new SheetColumn(field, field, ColumnKind.Flag, 0);
        if (property.PropertyType == typeof(ProjectKey))
            return new SheetColumn(ProjectField, "project_id", ColumnKind.Project, 255);
        if (property.IsDefined(typeof(MaxTextAttribute)))
            return new SheetColumn(field, field, ColumnKind.Html, LongestHtml);
        var longest = property.GetCustomAttribute<StringLengthAttribute>()?.MaximumLength ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} says nothing of its length.");
        var kind = field == codeField ? ColumnKind.Code
            : field == "name" ? ColumnKind.Name
            : property.IsDefined(typeof(EmailFieldAttribute)) ? ColumnKind.Email
            : ColumnKind.Line;
        return new SheetColumn(field, kind == ColumnKind.Code ? "code" : field, kind, longest);
    }
}
