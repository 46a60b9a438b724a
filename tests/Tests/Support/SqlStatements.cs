using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Maydon.Tests.Support;

/// <summary>The statements sent to one server's database while this listens; other tests' are not among them.</summary>
public sealed class SqlStatements : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ActivityListener _listener;

    public SqlStatements(TestServer server)
    {
        var database = new NpgsqlConnectionStringBuilder(server.Database.ConnectionString).Database;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("db.query.text") is string text && (string?)activity.GetTagItem("db.namespace") == database)
                    _texts.Enqueue(text);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<string> Texts => _texts;

    public void Dispose() => _listener.Dispose();
}
