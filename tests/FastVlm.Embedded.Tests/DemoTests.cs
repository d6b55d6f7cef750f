using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>The main job on what ships: the demonstration model sees the part drop in the demonstration clip.</summary>
public sealed class DemoTests : IDisposable
{
    // What models/training/make_demo.py draws: the part lies on the floor from the 9th to the 15th second.
    private const double DroppedFrom = 8.0;
    private const double DroppedUntil = 15.0;

    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task The_demo_raises_one_alert_while_the_part_lies_on_the_floor_and_clears_it()
    {
        var watched = await FastVlmProcess.RunAsync(home.FullPath, ["watch", "demo", "--pace", "max", "--json"]);

        watched.AssertSucceeded();
        Assert.Equal("fastvlm-nano", watched.Event("model").GetProperty("name").GetString());
        Assert.Equal("Apache-2.0", watched.Event("model").GetProperty("licence").GetString());
        Assert.Equal(24, watched.Event("summary").GetProperty("captions").GetInt32());
        var alert = Assert.Single(watched.Events, line => line.GetProperty("type").GetString() == "alert");
        Assert.Equal("part dropped", alert.GetProperty("alert").GetString());
        Assert.InRange(alert.GetProperty("mediaTimeSeconds").GetDouble(), DroppedFrom, DroppedFrom + 3);
        Assert.Single(watched.Events, line => line.GetProperty("type").GetString() == "cleared");
        Assert.All(watched.Events.Where(IsMatch), line =>
            Assert.InRange(line.GetProperty("mediaTimeSeconds").GetDouble(), DroppedFrom, DroppedUntil));
    }

    [Fact]
    public async Task The_demo_plays_in_real_time()
    {
        await using var process = FastVlmProcess.Start(home.FullPath, ["watch", "demo"]);

        await process.WaitForLineAsync(
            line => line.Contains("ALERT", StringComparison.Ordinal) && line.Contains("part dropped", StringComparison.Ordinal));
        await process.SignalAsync("INT");
        var ended = await process.EndAsync();

        Assert.Equal(130, ended.ExitCode);
        Assert.Contains(ended.Lines, line => line.Contains("1 alert in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_webhook_gets_the_signed_alert_once_although_it_refused_at_first()
    {
        await using var receiver = new WebhookReceiver((503, null), (204, null));
        var secret = home.File("secret.txt");
        await File.WriteAllTextAsync(secret, $"whsec_{Convert.ToBase64String(Key)}\n", TestContext.Current.CancellationToken);

        var watched = await FastVlmProcess.RunAsync(
            home.FullPath,
            [
                "watch", "demo", "--pace", "max", "--json", "--camera", "line-4",
                "--webhook", receiver.Address.AbsoluteUri, "--webhook-secret-file", secret,
            ]);

        watched.AssertSucceeded();
        var opened = receiver.Requests.Items.Where(request => EventOf(request) == "incident.opened").ToArray();
        Assert.Equal(2, opened.Length);
        Assert.Single(opened.Select(request => (request.Headers["webhook-id"], Encoding.UTF8.GetString(request.Body))).Distinct());
        Assert.All(opened, request => Assert.Equal(SignatureOf(request), request.Headers["webhook-signature"]));
        var data = JsonSerializer.Deserialize<JsonElement>(opened[0].Body).GetProperty("data");
        Assert.Equal("line-4", data.GetProperty("camera").GetProperty("name").GetString());
        Assert.Equal("part dropped", data.GetProperty("rule").GetProperty("name").GetString());
        var alert = watched.Event("alert");
        Assert.Equal(alert.GetProperty("caption").GetString(), data.GetProperty("evidence").GetProperty("caption").GetString());
        Assert.Equal(alert.GetProperty("incidentId").GetString(), data.GetProperty("incidentId").GetString());
        Assert.Single(receiver.Requests.Items, request => EventOf(request) == "incident.cleared");
        var delivery = Assert.Single(watched.Events, line => line.GetProperty("type").GetString() == "delivery"
            && line.GetProperty("event").GetString() == "incident.opened");
        Assert.Equal(opened[0].Headers["webhook-id"], delivery.GetProperty("webhookId").GetString());
        Assert.Equal("delivered", delivery.GetProperty("result").GetString());
        Assert.Equal(2, delivery.GetProperty("attempts").GetInt32());
        Assert.DoesNotContain(Convert.ToBase64String(Key), watched.Error + string.Join('\n', watched.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_tells_a_dropped_part_from_normal_operation_on_held_out_pictures()
    {
        var labels = await ReadLabelsAsync();
        var dropped = labels.First(label => label.Events.SequenceEqual(["part_dropped"]));
        var calm = labels.First(label => label.Events.Count == 0 && label.PartCount > 0);

        Assert.Matches("(?i)drop", await CaptionAsync(dropped.File));
        Assert.DoesNotMatch("(?i)drop", await CaptionAsync(calm.File));
    }

    [Fact]
    public async Task The_list_shows_the_built_in_model_with_its_licence()
    {
        var listed = (await FastVlmProcess.RunAsync(home.FullPath, ["models", "list", "--json"])).Events[0];

        Assert.Equal("fastvlm-nano", listed.GetProperty("name").GetString());
        Assert.Equal("builtIn", listed.GetProperty("state").GetString());
        Assert.Equal("Apache-2.0", listed.GetProperty("licence").GetString());
    }

    private static bool IsMatch(JsonElement line) =>
        line.GetProperty("type").GetString() == "caption"
        && line.GetProperty("verdicts").EnumerateArray().Any(verdict => verdict.GetProperty("isMatch").GetBoolean());

    // Written down here once more, from the specification: the test must not sign with the code under test.
    private static string SignatureOf(ReceivedRequest message)
    {
        byte[] signed =
        [
            .. Encoding.UTF8.GetBytes($"{message.Headers["webhook-id"]}.{message.Headers["webhook-timestamp"]}."), .. message.Body,
        ];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key, signed))}";
    }

    private static string? EventOf(ReceivedRequest message) =>
        JsonSerializer.Deserialize<JsonElement>(message.Body).GetProperty("type").GetString();

    private static async Task<IReadOnlyList<HeldOutPicture>> ReadLabelsAsync()
    {
        var folder = Path.Combine(RepositoryFolder.Root, "models", "fastvlm-nano", "heldout");
        var labels = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(Path.Combine(folder, "labels.json"), TestContext.Current.CancellationToken));
        return
        [
            .. labels.GetProperty("pictures").EnumerateArray().Select(picture => new HeldOutPicture(
                Path.Combine(folder, picture.GetProperty("file").GetString()!),
                [.. picture.GetProperty("events").EnumerateArray().Select(name => name.GetString()!)],
                picture.GetProperty("parts").GetArrayLength())),
        ];
    }

    private async Task<string> CaptionAsync(string picture)
    {
        var answered = await FastVlmProcess.RunAsync(home.FullPath, ["predict", "--image-file", picture, "--temperature", "0", "--json"]);
        answered.AssertSucceeded();
        return answered.Event("answer").GetProperty("text").GetString()!;
    }

    private sealed record HeldOutPicture(string File, IReadOnlyList<string> Events, int PartCount);
}
