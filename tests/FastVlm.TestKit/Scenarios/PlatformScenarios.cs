using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.TestKit.Scenarios;

/// <summary>A running platform that a scenario speaks to; one process or many machines.</summary>
public interface IPlatformUnderTest
{
    Uri Address { get; }

    /// <summary>Kills it without warning and starts it again on the same data.</summary>
    Task CrashAndRestartAsync();
}

/// <summary>
/// What users rely on, told over the public API alone, so that it holds for every edition. Cameras are real RTSP servers,
/// the model is the shipped one, receivers are real HTTP servers. A scenario that fails throws.
/// </summary>
/// <param name="platform">Empty of cameras, with the demonstration model; webhooks to this machine are allowed.</param>
/// <param name="lineVideo">The demonstration clip as Annex B: a part lies on the floor from the 9th to the 15th second.</param>
public sealed class PlatformScenarios(IPlatformUnderTest platform, string lineVideo) : IAsyncDisposable
{
    private const string Password = "s3cret@gate";

    private readonly List<IAsyncDisposable> servers = [];
    private ApiClient api = new(platform.Address);

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>A camera with a password gives captions of its own pictures, and the password is nowhere to be read.</summary>
    public async Task A_registered_camera_is_captioned_and_keeps_its_password()
    {
        var camera = StartCamera(RtspAuthentication.Digest);
        var added = await AddCameraAsync("Gate 2", camera.UrlWithPassword);
        var id = (string)added["id"]!;

        var captions = await api.WaitForAsync($"api/cameras/{id}/captions?limit=3", list => list.AsArray().Count == 3, "three captions");

        var newest = captions.AsArray()[0]!;
        Require(string.CompareOrdinal((string)newest["id"]!, (string)captions.AsArray()[1]!["id"]!) > 0, "captions are newest first");
        Require((double)newest["frameAgeSeconds"]! is >= 0 and < 5, "each caption tells the age of its frame");
        var picture = await api.GetBytesAsync($"api/cameras/{id}/picture.jpg");
        Require(picture is [0xFF, 0xD8, ..], "the picture is a JPEG");
        foreach (var path in new[] { "api/cameras", $"api/cameras/{id}", "api/configuration", "api/health" })
        {
            var text = await api.GetTextAsync(path);
            Require(!text.Contains(Password, StringComparison.Ordinal), $"{path} does not show the password");
            Require(!text.Contains(Uri.EscapeDataString(Password), StringComparison.Ordinal), $"{path} does not show the encoded password");
        }
    }

    /// <summary>One event is one incident with evidence, one "opened" and one "cleared" message, signed, with ids of their own.</summary>
    public async Task A_dropped_part_is_one_incident_that_is_told_once_and_cleared_once()
    {
        await using var receiver = new WebhookReceiver();
        var secret = await AddWebhookAsync(receiver.Address);
        await AddRuleAsync("Part dropped", "part dropped");
        await AddCameraAsync("Line 3", StartCamera(RtspAuthentication.None).Url);

        var opened = await receiver.Requests.WaitForAsync(request => TypeOf(request) == "incident.opened", "the opening");
        var cleared = await receiver.Requests.WaitForAsync(request => TypeOf(request) == "incident.cleared", "the clearing");

        Require(opened.Headers["webhook-id"] != cleared.Headers["webhook-id"], "each message has its own id");
        Require(VerifiesWith(secret, opened) && VerifiesWith(secret, cleared), "both signatures verify");
        Require(receiver.Requests.Items.Count(request => TypeOf(request) == "incident.opened") == 1, "the opening is told once");
        var incident = (await api.GetAsync("api/incidents?kind=rule")).AsArray()[^1]!;
        Require((long)incident["count"]! > 1, "the incident counts the looks at which it was so");
        var detail = await api.GetAsync($"api/incidents/{incident["id"]}");
        var pictures = detail["evidence"]!["pictures"]!.AsArray();
        Require((bool)pictures[^1]!["isTrigger"]!, "the triggering frame is the last picture");
        var jpeg = await api.GetBytesAsync($"api/incidents/{incident["id"]}/pictures/{pictures.Count - 1}.jpg");
        Require(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(jpeg)) == (string)pictures[^1]!["sha256"]!,
            "the picture is the one that was hashed");
        Require(detail["evidence"]!["verdict"]!["span"] is not null, "the matched words are named");
    }

    /// <summary>A camera that goes dark is an incident, and so is told; captions resume when it comes back.</summary>
    public async Task A_camera_that_is_lost_is_an_incident_and_recovers()
    {
        await using var receiver = new WebhookReceiver();
        await AddWebhookAsync(receiver.Address);
        var camera = StartCamera(RtspAuthentication.None);
        var id = (string)(await AddCameraAsync("Dock", camera.Url))["id"]!;
        await api.WaitForAsync($"api/cameras/{id}", view => StateOf(view) == "live", "the camera to be live");

        await camera.StopAsync();
        await api.WaitForAsync($"api/cameras/{id}", view => StateOf(view) is "offline" or "connecting" or "stalled", "the loss to be seen");
        var incident = await api.WaitForOneAsync("api/incidents?kind=cameraDown", _ => true, "the camera's incident");
        await receiver.Requests.WaitForAsync(request => TypeOf(request) == "incident.opened", "the loss to be told");
        camera.Restart();

        await api.WaitForAsync($"api/cameras/{id}", view => StateOf(view) == "live", "the camera to be live again");
        await api.WaitForAsync(
            $"api/incidents/{incident["id"]}", detail => (string)detail["incident"]!["state"]! == "cleared", "the incident to clear");
        await receiver.Requests.WaitForAsync(request => TypeOf(request) == "incident.cleared", "the recovery to be told");
    }

    /// <summary>A kill without warning loses neither cameras nor what was stored, and opens nothing twice.</summary>
    public async Task A_crash_loses_nothing_that_was_stored()
    {
        await AddRuleAsync("Belt", "conveyor or belt");
        var id = (string)(await AddCameraAsync("Belt 1", StartCamera(RtspAuthentication.Basic).UrlWithPassword))["id"]!;
        var incident = await api.WaitForOneAsync("api/incidents?kind=rule&state=open", _ => true, "an open incident");
        await api.PostAsync($"api/incidents/{incident["id"]}/acknowledge", new JsonObject { ["by"] = "shift leader" });
        var before = (await api.GetAsync($"api/cameras/{id}/captions?limit=1")).AsArray()[0]!;

        await platform.CrashAndRestartAsync();
        api.Dispose();
        api = new ApiClient(platform.Address);

        await api.WaitForAsync(
            $"api/cameras/{id}/captions?limit=1",
            list => string.CompareOrdinal((string)list.AsArray()[0]!["id"]!, (string)before["id"]!) > 0,
            "captions after the restart");
        await api.WaitForAsync(
            $"api/incidents/{incident["id"]}",
            detail => (long)detail["incident"]!["count"]! > (long)incident["count"]! + 1
                || (string)detail["incident"]!["state"]! == "cleared",
            "the incident to go on");
        var after = await api.GetAsync($"api/incidents/{incident["id"]}");
        Require((string?)after["incident"]!["acknowledgedBy"] == "shift leader", "the acknowledgement outlives looks and restart");
        Require(
            (await api.GetAsync("api/incidents?kind=rule&state=open")).AsArray().Count <= 1, "the incident was not opened twice");
    }

    /// <summary>A new prompt is asked on the next frame, on the same connection.</summary>
    public async Task A_new_prompt_applies_without_a_new_connection()
    {
        const string prompt = "Is there a part on the floor?";
        var camera = StartCamera(RtspAuthentication.None);
        var id = (string)(await AddCameraAsync("Line 4", camera.Url))["id"]!;
        await api.WaitForAsync($"api/cameras/{id}/captions?limit=1", list => list.AsArray().Count == 1, "a caption");
        var connections = camera.Requests.Items.Count(request => request.StartsWith("PLAY", StringComparison.Ordinal));

        await api.PatchAsync($"api/cameras/{id}", new JsonObject { ["prompt"] = prompt });

        await api.WaitForAsync(
            $"api/cameras/{id}/captions?limit=1", list => (string)list.AsArray()[0]!["prompt"]! == prompt, "a caption to the new prompt");
        Require(
            camera.Requests.Items.Count(request => request.StartsWith("PLAY", StringComparison.Ordinal)) == connections,
            "the connection was kept");
    }

    /// <summary>Switched off is off; deleted is gone.</summary>
    public async Task A_camera_is_switched_off_and_deleted()
    {
        var id = (string)(await AddCameraAsync("Yard", StartCamera(RtspAuthentication.None).Url))["id"]!;
        await api.WaitForAsync($"api/cameras/{id}", view => StateOf(view) == "live", "the camera to be live");

        await api.PatchAsync($"api/cameras/{id}", new JsonObject { ["enabled"] = false });
        await api.WaitForAsync($"api/cameras/{id}", view => StateOf(view) == "disabled", "the camera to be off");
        await api.DeleteAsync($"api/cameras/{id}");

        Require(await api.StatusAsync(HttpMethod.Get, $"api/cameras/{id}") == HttpStatusCode.NotFound, "a deleted camera is not found");
        Require(
            await api.StatusAsync(HttpMethod.Post, "api/cameras", new JsonObject { ["name"] = "Yard", ["url"] = "rtsp://127.0.0.1:1/x" })
                == HttpStatusCode.Created,
            "its name is free again");
        Require(
            await api.StatusAsync(HttpMethod.Post, "api/cameras", new JsonObject { ["name"] = "yard", ["url"] = "rtsp://127.0.0.1:1/y" })
                == HttpStatusCode.Conflict,
            "a name is given once");
    }

    private static bool VerifiesWith(string secret, ReceivedRequest request)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes(
            $"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(request.Body)}");
        var expected = "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, signed));
        return request.Headers["webhook-signature"].Split(' ').Contains(expected);
    }

    private static string? TypeOf(ReceivedRequest request) => (string?)JsonNode.Parse(request.Body)!["type"];

    private static string? StateOf(JsonNode camera) => (string?)camera["report"]?["status"]?["state"];

    private static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Broken promise: {promise}.");
        }
    }

    private RtspTestServer StartCamera(RtspAuthentication authentication)
    {
        var camera = RtspTestServer.Start(
            new RtspTestServerOptions
            {
                VideoPath = lineVideo, FramesPerSecond = 15, Authentication = authentication, Password = Password,
            });
        servers.Add(camera);
        return camera;
    }

    private Task<JsonNode> AddCameraAsync(string name, string url) =>
        api.PostAsync("api/cameras", new JsonObject
        {
            ["name"] = name,
            ["url"] = url,
            ["sampling"] = new JsonObject { ["ratePerSecond"] = 2 },
        });

    private Task<JsonNode> AddRuleAsync(string name, string expression) =>
        api.PostAsync("api/rules", new JsonObject { ["name"] = name, ["expression"] = expression });

    private async Task<string> AddWebhookAsync(Uri address)
    {
        var added = await api.PostAsync("api/webhooks", new JsonObject { ["name"] = "MES", ["url"] = address.AbsoluteUri });
        return (string)added["secret"]!;
    }
}
