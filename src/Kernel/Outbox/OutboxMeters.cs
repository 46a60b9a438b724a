using System.Diagnostics.Metrics;

namespace Maydon.Kernel.Outbox;

/// <summary>What the worker shows of itself: <c>maydon.outbox.*</c>.</summary>
internal sealed class OutboxMeters
{
    private readonly Histogram<double> _age;

    public OutboxMeters(IMeterFactory meters) =>
        _age = meters.Create("Maydon.Kernel.Outbox").CreateHistogram<double>("maydon.outbox.age", "s", "How long after it was due a message was done, by kind and outcome.");

    public void Done(OutboxDelivery delivery, string outcome, DateTimeOffset now) =>
        _age.Record((now - delivery.DueAt).TotalSeconds, new("kind", delivery.Kind), new("outcome", outcome));
}
