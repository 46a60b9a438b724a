using System.Globalization;
using System.Text;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;

namespace Maydon.Catalog.Reading;

/// <summary>
/// Which records of a list <c>t</c> somebody asks for: a condition that is put together once and used by the count and the page. What was deleted
/// is never among them.
/// </summary>
internal sealed class RecordFilter(bool? isActive, bool forStrangers)
{
    private readonly StringBuilder _sql = new("not t.is_deleted");
    private readonly StringBuilder _key = new();

    /// <summary>Null for both.</summary>
    public bool? IsActive => isActive;

    public bool FindsNothing { get; set; }

    public SqlValues Values { get; } = new();

    /// <summary>Nothing but whether it is active: then the size is known.</summary>
    public bool IsPlain => _key.Length == 0;

    /// <summary>No index finds it: how long it takes depends on what is asked for.</summary>
    public bool IsSearch { get; private set; }

    /// <summary>The same for filters that mean the same. The values are user's text: their lengths keep them apart.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{isActive} {forStrangers} {FindsNothing} {_key}");

    public string Sql => FindsNothing ? "false" : isActive is { } active ? $"{_sql} and t.is_active = {(active ? "true" : "false")}" : _sql.ToString();

    /// <summary>Of these nobody keeps how many there are: whoever asks for all of them has them counted.</summary>
    public void MustBeCounted() => IsSearch |= IsPlain;

    public void Equal(string column, long? value, bool isIndexed = true)
    {
        if (value is not { } number)
            return;
        Add($"{column} = ", Values.Add(number), number.ToString(CultureInfo.InvariantCulture));
        IsSearch |= !isIndexed;
    }

    public void Equal(string column, bool? value)
    {
        if (value is { } sought)
            Add($"{column} = ", sought ? "true" : "false", sought ? "true" : "false");
    }

    /// <summary>As it stands.</summary>
    public void Equal(string column, string? text, bool isIndexed = false)
    {
        if (Given(text) is not { } value)
            return;
        Add($"{column} = ", Values.Add(value), value);
        IsSearch |= !isIndexed;
    }

    /// <summary>A code: case counts, and the index of its uniqueness finds it.</summary>
    public void EqualCode(string? text)
    {
        if (Given(text) is { } value)
            Add("t.code = ", Values.Add(value), value);
    }

    /// <summary>In any letter case.</summary>
    /// <param name="isIndexed">Else it is among what is searched, whose index leaves few to look at.</param>
    public void EqualText(string column, string? text, bool isIndexed = false)
    {
        if (Given(text) is not { } value)
            return;
        Add($"catalog.fold({column}) = catalog.fold(", $"{Values.Add(value)})", value);
        if (isIndexed)
            return;
        _sql.Append($" and t.search_text like catalog.fold({Values.Add(SearchWords.PatternOf(value))})");
        IsSearch = true;
    }

    /// <summary>In any letter case, where nothing leaves few to look at.</summary>
    public void EqualFolded(string column, string? text)
    {
        EqualText(column, text, isIndexed: true);
        IsSearch |= Given(text) is not null;
    }

    public void Compare(string column, string comparison, QueryTime? time)
    {
        if (time is { } at)
            Add($"{column} {comparison} ", Values.Add(at.Value), at.Value.UtcTicks.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Belongs to the project of this code, or else of this id.</summary>
    public void InProject(string? key) => OfRecord("t.project_id", "catalog.projects", key);

    /// <summary>Belongs to the project of this code.</summary>
    public void InProjectOfCode(string? text)
    {
        if (Given(text) is { } code)
            Add("t.project_id = ", Find("catalog.projects", "code", Values.Add(code)), code);
    }

    /// <summary>Is of the record of this code, or else of this id.</summary>
    /// <param name="column">Has its id.</param>
    /// <param name="table">Has the records.</param>
    public void OfRecord(string column, string table, string? key)
    {
        if (Given(key) is not { } code)
            return;
        // As ids are written: codes of an ERP begin with zeros.
        var id = code[0] != '0' && long.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        Add($"{column} = ", $"coalesce({Find(table, "code", Values.Add(code))}, {Find(table, "id", Values.Add(id))})", code);
    }

    /// <summary>Whether it has any images.</summary>
    public void HasImages(bool? value)
    {
        if (value is not { } has)
            return;
        Add($"t.images {(has ? "<>" : "=")} ", "'[]'", "");
        // Those that have some are in an index; nothing finds those that have none.
        IsSearch |= !has;
    }

    public void Search(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        var patterns = SearchWords.Patterns(text).Order(StringComparer.Ordinal).ToList();
        // Nothing but commas: it asks for nothing.
        foreach (var pattern in patterns)
        {
            Add("t.search_text like catalog.fold(", $"{Values.Add(pattern)})", pattern);
            IsSearch = true;
        }
    }

    /// <summary>What strangers are not shown is for them not there: else its code would stand in the way of the same id, and be known by that.</summary>
    private string Find(string table, string column, string value) =>
        $"(select r.id from {table} r where r.{column} = {value}{(forStrangers ? $" and {CatalogList.ShownToStrangers("r")}" : "")})";

    private void Add(string condition, string placeholder, string value)
    {
        _sql.Append(" and ").Append(condition).Append(placeholder);
        _key.Append(condition).Append(value.Length).Append(':').Append(value).Append(' ');
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
