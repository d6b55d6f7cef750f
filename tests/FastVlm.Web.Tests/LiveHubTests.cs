using System.Text.Json.Nodes;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Live;

namespace FastVlm.Web.Tests;

public sealed class LiveHubTests
{
    private static JsonObject Everything => new() { ["cameras"] = new JsonArray("*"), ["text"] = true };

    [Fact]
    public async Task A_browser_sees_events_of_its_cameras_and_resumes_after_a_broken_connection()
    {
        await using var web = await WebFixture.StartAsync();
        await using var browser = new LiveClient();
        await browser.ConnectAsync(web.Address);
        var begin = (long)(await browser.WatchAsync(new JsonObject { ["cameras"] = new JsonArray("a"), ["after"] = null }))["sequence"]!;

        web.Live.Publish(State("a"));
        web.Live.Publish(State("b"));
        web.Live.Publish(new ConfigurationEvent());
        await browser.WaitForEventAsync(e => (string?)e["type"] == "configuration", "the configuration event");
        Assert.Equal([begin + 1, begin + 3], browser.Events.Select(e => (long)e["sequence"]!));
        Assert.Equal("a", (string?)browser.Events[0]["cameraId"]);
        Assert.Equal("live", (string?)browser.Events[0]["status"]!["state"]);

        await browser.DoAsync("drop");
        web.Live.Publish(State("a"));
        web.Live.Publish(State("b"));
        await browser.DoAsync("reconnect");
        var reply = await browser.WatchAsync(new JsonObject { ["cameras"] = new JsonArray("a"), ["after"] = begin + 3 });

        Assert.Equal(0, (long)reply["missed"]!);
        Assert.Equal(begin + 5, (long)reply["sequence"]!);
        Assert.Equal([begin + 4], reply["events"]!.AsArray().Select(e => (long)e!["sequence"]!));
    }

    /// <summary>On the wire; JavaScript may run the handler of events before the code that awaits the reply.</summary>
    [Fact]
    public async Task The_reply_to_watch_comes_before_every_event_after_it()
    {
        await using var web = await WebFixture.StartAsync();
        using var socket = await HubSocket.ConnectAsync(web.Address);
        for (var i = 0; i < 20; i++)
        {
            // Fewer than a subscription holds, so that none is dropped.
            var publishing = Task.Run(() => Publish(web.Live, 200), TestContext.Current.CancellationToken);
            await socket.SendAsync($$"""{"type":1,"invocationId":"{{i}}","target":"watch","arguments":[{"cameras":["*"]}]}""");
            var reply = await socket.ReadAsync(message => (string?)message["invocationId"] == $"{i}");
            await publishing;
            web.Live.Publish(State("last"));
            var first = await socket.ReadAsync(message => (string?)message["target"] == "Events");

            var sequence = (long)reply["result"]!["sequence"]!;
            Assert.Equal(sequence + 1, (long)first["arguments"]![0]!["events"]![0]!["sequence"]!);
        }
    }

    [Fact]
    public async Task Pieces_of_text_come_only_to_those_who_ask()
    {
        await using var web = await WebFixture.StartAsync();
        await using var with = new LiveClient();
        await using var without = new LiveClient();
        await with.ConnectAsync(web.Address);
        await without.ConnectAsync(web.Address);
        await with.WatchAsync(Everything);
        await without.WatchAsync(new JsonObject { ["cameras"] = new JsonArray("*") });

        web.Live.Publish(new CaptionTextEvent(7, "A part ") { CameraId = new CameraId("a") });
        web.Live.Publish(State("a"));
        await with.WaitForEventAsync(e => (string?)e["type"] == "cameraState", "the state");
        await without.WaitForEventAsync(e => (string?)e["type"] == "cameraState", "the state");

        Assert.Equal(["captionText", "cameraState"], with.Events.Select(e => (string)e["type"]!));
        Assert.Equal(0, (long)with.Events[0]["sequence"]!);
        Assert.Equal(["cameraState"], without.Events.Select(e => (string)e["type"]!));
    }

    [Fact]
    public async Task A_browser_that_leaves_leaves_nothing_behind()
    {
        await using var web = await WebFixture.StartAsync();
        var browser = new LiveClient();
        await browser.ConnectAsync(web.Address);
        await browser.WatchAsync(Everything);
        await browser.WatchAsync(Everything);
        Assert.Equal(1, web.Live.SubscriberCount);

        await browser.DoAsync("close");
        await browser.DisposeAsync();

        await web.Log.Lines.WaitForAsync(line => line.Contains("OnConnectedAsync ending", StringComparison.Ordinal), "the end of the hub");
        Assert.Equal(0, web.Live.SubscriberCount);
    }

    private static void Publish(LiveFeed feed, int count)
    {
        for (var i = 0; i < count; i++)
        {
            feed.Publish(State("a"));
        }
    }

    private static CameraStateEvent State(string camera) =>
        new(new CameraStatus { CameraId = new CameraId(camera), State = CameraState.Live, Since = DateTimeOffset.UnixEpoch })
        {
            CameraId = new CameraId(camera),
        };
}
