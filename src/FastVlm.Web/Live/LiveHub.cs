using FastVlm.Pipeline;
using FastVlm.Pipeline.Live;
using Microsoft.AspNetCore.SignalR;

namespace FastVlm.Web.Live;

/// <summary>
/// <c>/hubs/live</c>: a browser calls <c>watch</c> and from then on gets <c>events</c>, in order, as they happen. Watching
/// again replaces what was watched. docs/api.md describes the contract.
/// </summary>
public sealed class LiveHub(LiveFeed feed, IHubContext<LiveHub, ILiveClient> hub, ILogger<LiveHub> logger) : Hub<ILiveClient>
{
    private const string EveryCamera = "*";

    [HubMethodName("watch")]
    public async Task<WatchReply> WatchAsync(WatchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Cameras.Count > Limits.CamerasMax)
        {
            throw new HubException($"There are {request.Cameras.Count} cameras in the request; at most {Limits.CamerasMax} are allowed.");
        }

        await StopAsync();
        var everyCamera = request.Cameras.Contains(EveryCamera);
        var cameras = everyCamera ? null : request.Cameras.Select(id => new CameraId(id)).ToHashSet();
        var subscription = feed.Subscribe(new LiveFilter(cameras, request.Text), request.After);
        var reply = new WatchReply(subscription.Sequence, subscription.Missed, subscription.Backlog);
        Context.Items[typeof(LiveWatch)] = new LiveWatch(
            subscription, reply.Written, hub.Clients.Client(Context.ConnectionId), logger, Context.ConnectionAborted);
        return reply;
    }

    public override Task OnDisconnectedAsync(Exception? exception) => StopAsync();

    private async Task StopAsync()
    {
        if (Context.Items.Remove(typeof(LiveWatch), out var watch))
        {
            await ((LiveWatch)watch!).DisposeAsync();
        }
    }
}
