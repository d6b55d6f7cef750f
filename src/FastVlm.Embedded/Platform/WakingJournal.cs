using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Embedded.Platform;

/// <summary>Tells the dispatcher of new deliveries once they are on disk, so that it need not ask for them.</summary>
internal sealed class WakingJournal(IStageJournal journal, Action<IReadOnlyList<Delivery>> wake) : IStageJournal
{
    public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        await journal.AppendAsync(entry, cancellationToken);
        if (entry.Deliveries.Count > 0)
        {
            wake(entry.Deliveries);
        }
    }
}
