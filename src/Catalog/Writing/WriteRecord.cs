using System.Runtime.InteropServices;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Catalog.Writing;

/// <summary>The record as it is now, or why not.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordOutcome<TItem>(TItem? Item, Problem? Refusal);

/// <summary>Makes, changes, deletes and restores the records of a list.</summary>
internal sealed class WriteRecord<TRecord, TFields, TItem>(
    CatalogDbContext db, DbSession session, CatalogTurn turn, CatalogList<TRecord, TFields, TItem> list, RecordReads<TItem> reads, TimeProvider clock)
    where TRecord : CatalogRecord<TFields>, new()
    where TFields : RecordFields
    where TItem : CatalogItem
{
    public async Task<RecordOutcome<TItem>> CreateAsync(TFields sent, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var errors = Check(sent, needsName: true);
        var code = list.CheckCode(sent.Code, errors);
        if (errors.Count > 0)
            return Refused(Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await WhoHasAsync(code, cancellationToken) is { } taken)
            return Refused(taken);
        var record = new TRecord();
        record.Begin(code, clock.Now());
        record.Write(sent, replace: true);
        if (await list.ResolveAsync(record, sent, replace: true, session.Connection, cancellationToken) is { Count: > 0 } unknown)
            return Refused(Problem.Invalid(unknown));
        db.Add(record);
        return await StoreAsync(record, transaction, cancellationToken);
    }

    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<RecordOutcome<TItem>> ChangeAsync(string code, TFields sent, bool replace, string? ifMatch, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        if (Check(sent, needsName: replace) is { Count: > 0 } errors)
            return Refused(Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await FindAsync(code, isDeleted: false, cancellationToken) is not { } record)
            return Refused(list.NotFound());
        if (!IfMatch.Allows(ifMatch, record.Version))
            return Refused(Outdated(record));
        record.Write(sent, replace);
        if (await list.ResolveAsync(record, sent, replace, session.Connection, cancellationToken) is { Count: > 0 } unknown)
            return Refused(Problem.Invalid(unknown));
        // What changes nothing is no change: nothing is committed, and so nobody hears of it.
        if (db.Entry(record).State == EntityState.Unchanged)
            return new RecordOutcome<TItem>(await reads.FindAsync(session.Connection, code, forStrangers: false, cancellationToken), Refusal: null);
        record.Touch(clock.Now());
        return await StoreAsync(record, transaction, cancellationToken);
    }

    /// <summary>Null when done, or why not. The row and its code stay.</summary>
    public async Task<Problem?> DeleteAsync(string code, string? ifMatch, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await FindAsync(code, isDeleted: false, cancellationToken) is not { } record)
            return list.NotFound();
        if (!IfMatch.Allows(ifMatch, record.Version))
            return Outdated(record);
        record.Delete(clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    public async Task<RecordOutcome<TItem>> RestoreAsync(string code, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await FindAsync(code, isDeleted: true, cancellationToken) is not { } record)
            return Refused(await reads.FindAsync(session.Connection, code, forStrangers: false, cancellationToken) is null ? list.NotFound() : Problem.Conflict("not_deleted"));
        record.Restore(clock.Now());
        return await StoreAsync(record, transaction, cancellationToken);
    }

    /// <summary>In its turn, so it is as current as it can be and nobody changes it meanwhile.</summary>
    private Task<TRecord?> FindAsync(string code, bool isDeleted, CancellationToken cancellationToken) =>
        db.Set<TRecord>().SingleOrDefaultAsync(record => record.Code == code && record.IsDeleted == isDeleted, cancellationToken);

    /// <summary>In its turn, so nobody who takes turns can take the code between this and the insert; of anybody else the constraint says the same.</summary>
    private async Task<Problem?> WhoHasAsync(string code, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select is_deleted from {list.Table} where code = $1", session.Connection);
        command.Parameters.Add(new() { Value = code });
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            true => Problem.Conflict("code_deleted", list.CodeField, code).With("field", list.CodeField),
            false => Problem.Conflict("code_taken", list.CodeField).With("field", list.CodeField),
            _ => null,
        };
    }

    private async Task<RecordOutcome<TItem>> StoreAsync(TRecord record, SessionTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var item = await reads.FindAsync(session.Connection, record.Code, forStrangers: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RecordOutcome<TItem>(item, Refusal: null);
    }

    private static ValidationErrors Check(TFields sent, bool needsName)
    {
        var errors = FieldRules.Check(sent);
        if ((needsName || sent.IsSent(nameof(sent.Name))) && FieldRules.IsBlank(sent.Name))
            errors.Add("name", "required");
        if (sent.IsSent(nameof(sent.IsActive)) && sent.IsActive is null)
            errors.Add("is_active", "required");
        if (sent.SafeDescription?.Length > CatalogRecord.SafeDescriptionLength)
            errors.Add("description", "max_length", CatalogRecord.DescriptionLength);
        return errors;
    }

    private static Problem Outdated(TRecord record) => Problem.Of(412, "version_mismatch", record.Version);

    private static RecordOutcome<TItem> Refused(Problem refusal) => new(Item: null, refusal);
}
