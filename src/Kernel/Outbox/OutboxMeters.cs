using System.Diagnostics.Metrics;
using Npgsql;

namespace Maydon.Kernel.Outbox;

/// <summary>What the outbox shows of itself: <c>maydon.outbox.*</c>.</summary>
internal sealed class OutboxMeters
{
    private readonly OutboxAge _oldest;
    private readonly TimeProvider _clock;
    private readonly Histogram<double> _age;

    public OutboxMeters(IMeterFactory meters, OutboxAge oldest, TimeProvider clock)
    {
        (_oldest, _clock) = (oldest, clock);
        var meter = meters.Create("Maydon.Kernel.Outbox");
        _age = meter.CreateHistogram<double>("maydon.outbox.age", "s", "How long after it was due a message was done, by kind and outcome.");
        // What is never done is in no histogram. Asked only when somebody collects.
        meter.CreateObservableGauge("maydon.outbox.oldest", Observe, "s", "How long the oldest message that is due has been waiting.");
    }

    public void Done(OutboxDelivery delivery, string outcome) =>
        _age.Record((_clock.GetUtcNow() - delivery.DueAt).TotalSeconds, new("kind", delivery.Kind), new("outcome", outcome));

    private IEnumerable<Measurement<double>> Observe()
    {
        try
        {
            return [new(_oldest.Read()?.TotalSeconds ?? 0)];
        }
        catch (NpgsqlException)
        {
            // Unknown is not none.
            return [];
        }
    }
}
