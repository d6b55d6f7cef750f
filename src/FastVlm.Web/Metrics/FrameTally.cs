using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;

namespace FastVlm.Web.Metrics;

/// <summary>
/// Adds up the counters of cameras that come and go. A camera that moves to another node takes its counters away; the sum must
/// not fall then, or Prometheus would take the rest for new. What a camera counted after the last look at it is lost.
/// </summary>
internal sealed class FrameTally
{
    public const string Captioned = "captioned";
    public const string Restarts = "restarts";
    public const string Stalls = "stalls";

    private readonly Dictionary<string, long> totals = Fields(null).ToDictionary(field => field.Name, _ => 0L);
    private Dictionary<CameraId, FeedCounters> last = [];

    public IReadOnlyDictionary<string, long> Totals => totals;

    public static IEnumerable<string> Outcomes { get; } =
        [Captioned, .. Enum.GetValues<DropReason>().Select(reason => MetricsText.Word(reason.ToString()))];

    public void Observe(IReadOnlyDictionary<CameraId, CameraReport> reports)
    {
        var next = new Dictionary<CameraId, FeedCounters>();
        foreach (var (id, report) in reports)
        {
            if (report.Counters is not { } counters)
            {
                continue;
            }

            next[id] = counters;
            foreach (var (now, before) in Fields(counters).Zip(Fields(last.GetValueOrDefault(id))))
            {
                // Less than before: the camera was started anew.
                totals[now.Name] += now.Count >= before.Count ? now.Count - before.Count : now.Count;
            }
        }

        last = next;
    }

    private static IEnumerable<(string Name, long Count)> Fields(FeedCounters? counters)
    {
        yield return (Captioned, counters?.FramesCaptioned ?? 0);
        yield return (Restarts, counters?.Restarts ?? 0);
        yield return (Stalls, counters?.Stalls ?? 0);
        foreach (var reason in Enum.GetValues<DropReason>())
        {
            yield return (MetricsText.Word(reason.ToString()), counters?.FramesDropped.GetValueOrDefault(reason) ?? 0);
        }
    }
}
