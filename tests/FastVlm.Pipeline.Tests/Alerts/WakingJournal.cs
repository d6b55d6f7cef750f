using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>As the host does: what was stored is looked for at once.</summary>
internal sealed class WakingJournal(IStageJournal journal, Action<IReadOnlyList<Delivery>> wake) : IStageJournal
{
    public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        await journal.AppendAsync(entry, cancellationToken);
        wake(entry.Deliveries);
    }
}
