using System.Globalization;
using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Catalog.Images.Variants;

internal sealed class VipsthumbnailCheck(Vipsthumbnail thumbnails) : ICheck
{
    public string Code => "catalog.vipsthumbnail";
    public Severity Severity => Severity.Warning;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(thumbnails.IsThere
        ? CheckResult.Passed("The program that makes small variants of the catalogue's images is there.")
        : CheckResult.Failed("The program that makes small variants of the catalogue's images is missing: the originals are served instead.", $"Install the package {Vipsthumbnail.Package}."));
}

internal sealed class DeadVariantsCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "catalog.image-variants";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select count(*), min(path || ': ' || error) from catalog.files where variants = 'dead'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0) is > 0 and var dead
            ? CheckResult.Failed(
                string.Create(CultureInfo.InvariantCulture, $"Of {dead} images no variants could be made, such as {reader.GetString(1)}"),
                "Their originals are served. Upload them again, or better ones: that is a new attempt.")
            : CheckResult.Passed("No image was given up.");
    }
}
