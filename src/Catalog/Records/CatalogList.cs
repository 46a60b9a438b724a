using Maydon.Catalog.Sheets;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Catalog.Records;

/// <summary>One of the lists, as far as they differ in names and limits alone.</summary>
internal abstract class CatalogList
{
    private static readonly string[] s_reserved = [".", "..", "export", "import", "template"];

    /// <summary>In addresses, permissions and changes.</summary>
    public abstract string Name { get; }

    public abstract string Table { get; }

    /// <summary>What the code is called in JSON.</summary>
    public abstract string CodeField { get; }

    /// <summary>For people: a project, projects.</summary>
    public abstract string One { get; }

    public abstract string Many { get; }

    /// <summary>Anyone may read it.</summary>
    public virtual bool IsOpen => true;

    /// <summary>The columns of its files.</summary>
    public abstract IReadOnlyList<SheetColumn> Sheet { get; }

    public string Address => $"/api/v1/{Name}/";

    public string AddressOf(string code) => $"{Address}{Uri.EscapeDataString(code)}/";

    public string Right(string verb) => $"catalog.{verb}_{Name}";

    public Problem NotFound() => Problem.NotFound($"{Name}_not_found");

    /// <summary>What a column is called in JSON.</summary>
    public string WireName(string column) => column switch
    {
        "code" => CodeField,
        "project_id" => "project",
        _ => column,
    };

    /// <summary>What of a list's table they are not even to know to be there is left out.</summary>
    public static string ShownToStrangers(string alias) => $"{alias}.is_active and not {alias}.is_deleted";

    /// <summary>Something else is at its address.</summary>
    public static bool IsReserved(string code) => Array.Exists(s_reserved, word => word.Equals(code, StringComparison.OrdinalIgnoreCase));

    /// <summary>Says what is wrong with a code; a sound one comes back as it is kept.</summary>
    public string CheckCode(string? sent, ValidationErrors errors)
    {
        var code = FieldRules.Trimmed(sent);
        if (code.Length == 0)
            errors.Add(CodeField, "required");
        else if (IsReserved(code))
            errors.Add(CodeField, "code_reserved", code);
        return code;
    }
}

/// <summary>How the records of one list are read.</summary>
internal abstract class CatalogList<TItem> : CatalogList where TItem : CatalogItem
{
    protected const string SharedColumns = "t.id, t.code, t.name, t.description, t.is_active, t.is_deleted, t.created_at, t.updated_at, t.version";

    /// <summary>Of <c>t</c>, a row of the list; the <see cref="SharedColumns"/> first.</summary>
    public abstract string Columns { get; }

    /// <summary>Behind <c>t</c>, what the columns need of other tables, as far as this reader may know of it.</summary>
    public virtual string Joins(bool forStrangers) => "";

    /// <summary>Field → what a list is ordered by.</summary>
    public abstract IReadOnlyDictionary<string, string> Orders { get; }

    /// <summary>The same fields, by no more than strangers may know.</summary>
    public virtual IReadOnlyDictionary<string, string> OrdersForStrangers => Orders;

    public abstract TItem Read(NpgsqlDataReader reader);

    protected Dictionary<string, string> SharedOrders() => new(StringComparer.Ordinal)
    {
        ["id"] = "t.id",
        [CodeField] = "t.code",
        ["name"] = "catalog.fold(t.name)",
        ["description"] = "t.description collate \"C\"",
        ["is_active"] = "t.is_active",
        ["is_deleted"] = "t.is_deleted",
        ["created_at"] = "t.created_at",
        ["updated_at"] = "t.updated_at",
        ["version"] = "t.version",
    };
}

/// <summary>One list whole: what is stored, what is said of it, what is shown.</summary>
internal abstract class CatalogList<TRecord, TFields, TItem> : CatalogList<TItem>
    where TRecord : CatalogRecord<TFields>, new()
    where TFields : RecordFields
    where TItem : CatalogItem
{
    public override IReadOnlyList<SheetColumn> Sheet => field ??= SheetColumn.Of(typeof(TFields), CodeField);

    /// <summary>What the record refers to, looked up in the transaction that writes it.</summary>
    public virtual Task<ValidationErrors> ResolveAsync(TRecord record, TFields sent, bool replace, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult(new ValidationErrors());
}
