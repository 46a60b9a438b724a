using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Catalog.Images.Files;

internal sealed class RecordsShowTheirImages(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from catalog.images",
        """
        select format('%s %s shows %s and has %s', r.list, r.id, r.images, catalog.images_of(r.list, r.id))
        from (
            select 'project' as list, id, images from catalog.projects
            union all select 'client', id, images from catalog.clients
            union all select 'nomenklatura', id, images from catalog.items
        ) r
        where (r.images <> '[]' or exists (select from catalog.images i where i.list = r.list and i.record_id = r.id)) and r.images <> catalog.images_of(r.list, r.id)
        """);

    public string Name => "every record of the catalogue shows the images it has";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class FilesAreOnTheDisk(NpgsqlDataSource database, ImageFiles files) : IInvariantCheck
{
    public string Name => "every file of an image is on the disk, and has an image";

    public async Task<InvariantResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select f.path, f.bytes, exists (select from catalog.images i where i.file_id = f.id) from catalog.files f");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (examined, drifts) = (0L, new List<string>());
        while (await reader.ReadAsync(cancellationToken))
        {
            examined++;
            var (path, bytes) = (reader.GetString(0), reader.GetInt64(1));
            var file = new FileInfo(files.FileOf(path));
            if (!file.Exists)
                drifts.Add($"{path} is missing");
            else if (file.Length != bytes)
                drifts.Add($"{path} has {file.Length} bytes instead of {bytes}");
            if (!reader.GetBoolean(2))
                drifts.Add($"{path} has no image");
        }

        return new InvariantResult(examined, drifts);
    }
}
