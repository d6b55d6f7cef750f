using FastVlm.Grains.Members;
using FastVlm.Grains.Placement;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Inference;

/// <summary>
/// Asks the cluster's devices: chooses one, sends the frame, raw where the device is this node's and as JPEG elsewhere, and
/// asks another where that one is gone or full. Devices come and go with their nodes.
/// </summary>
public sealed class GrainCaptioner(
    IGrainFactory grains, ClusterMembers members, IPictureEncoder encoder, TimeProvider timeProvider, ILogger<GrainCaptioner> logger)
    : ICaptioner
{
    private readonly Lock gate = new();
    private readonly GpuRouter router = new();
    private ClusterView? seen;

    public async Task<CaptionOutcome> CaptionAsync(CaptionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tried = new List<string>(ClusterLimits.DevicesTriedMax);
        CaptionOutcome? last = null;
        while (tried.Count < ClusterLimits.DevicesTriedMax && Choose(tried) is { } device)
        {
            tried.Add(device.Key);
            last = await AskAsync(device, request, cancellationToken) ?? last;
            if (last is Caption or CaptionRefusal { Reason: RefusalReason.FrameTooOld or RefusalReason.Failed })
            {
                return last;
            }
        }

        return last ?? Refuse(request, tried);
    }

    /// <returns>Null where it could not be asked.</returns>
    private async Task<CaptionOutcome?> AskAsync(RoutedDevice device, CaptionRequest request, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        try
        {
            var frame = FrameWire.Of(request.Frame, now, device.IsLocal ? null : encoder);
            var answer = await grains.GetGrain<IInferenceGrain>(device.Key).Ask(AskWire.Of(request, frame, now), cancellationToken);
            Learn(device, answer);
            return answer.ToOutcome(request);
        }
        catch (Exception unreachable) when (IsOfTheCluster(unreachable, cancellationToken))
        {
            With(r => r.Failed(device.Key, timeProvider.GetUtcNow()));
            logger.DeviceNotReached(device.Key, unreachable.Message);
            return null;
        }
        catch
        {
            With(r => r.Abandoned(device.Key));
            throw;
        }
    }

    private static bool IsOfTheCluster(Exception e, CancellationToken cancellationToken) =>
        e is OrleansException or TimeoutException or WrongNodeException or IOException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private void Learn(RoutedDevice device, AnswerWire answer)
    {
        var now = timeProvider.GetUtcNow();
        if (answer.Refusal is RefusalReason.QueueFull or RefusalReason.EngineStopped && answer.Words is null)
        {
            With(r => r.Failed(device.Key, now));
            return;
        }

        var lookTime = answer.Words is { } words
            ? words.Cost.TimeToFirstToken + words.Cost.Decode + words.Cost.Questions
            : (TimeSpan?)null;
        With(r => r.Answered(device.Key, lookTime, answer.Load.Waiting, now));
    }

    private RoutedDevice? Choose(List<string> tried)
    {
        lock (gate)
        {
            if (members.Current is var view && !ReferenceEquals(view, seen))
            {
                seen = view;
                router.Update([.. DevicesOf(view)]);
            }

            return router.Choose(tried, timeProvider.GetUtcNow());
        }
    }

    private static IEnumerable<RoutedDevice> DevicesOf(ClusterView view) =>
        from member in view.LiveWith(SiloRoles.Gpu)
        from device in member.Devices
        select new RoutedDevice(NodeKey.Of(member.Name, device), member.IsSelf);

    private void With(Action<GpuRouter> change)
    {
        lock (gate)
        {
            change(router);
        }
    }

    private static CaptionRefusal Refuse(CaptionRequest request, List<string> tried) => new()
    {
        Frame = request.Frame,
        Stamps = new StageStamps { CapturedAt = request.Frame.CapturedAt, SampledAt = request.SampledAt },
        Reason = RefusalReason.EngineStopped,
        Detail = tried.Count == 0
            ? "No node with the role gpu is there; start one."
            : $"No device answers ({string.Join(", ", tried)}); the next frame is tried again.",
    };
}
