using System.Net;
using System.Net.Sockets;
using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Embedded.Tests.Platform;

/// <summary>What <c>fastvlm up</c> refuses, and how it stops.</summary>
public sealed class UpCommandTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("http://localhost:8080;http://192.0.2.1:8080")]
    public async Task Other_machines_are_let_in_only_with_a_token(string urls)
    {
        var refused = await FastVlmProcess.RunAsync(home.FullPath, ["up", "--urls", urls]);

        refused.AssertFailed(FailureKind.Usage, "--access-token-file");
    }

    [Fact]
    public async Task A_short_token_is_refused()
    {
        var token = home.File("token");
        await File.WriteAllTextAsync(token, "secret\n", TestContext.Current.CancellationToken);

        var refused = await FastVlmProcess.RunAsync(home.FullPath, ["up", "--urls", "http://0.0.0.0:0", "--access-token-file", token]);

        refused.AssertFailed(FailureKind.Usage, "16");
        Assert.DoesNotContain("secret", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said_to_be()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var urls = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var refused = await FastVlmProcess.RunAsync(SharedModels.Home, ["up", "--no-demo", "--data", home.File("data"), "--urls", urls]);

        refused.AssertFailed(FailureKind.Usage, urls);
    }

    [Fact]
    public async Task A_data_folder_serves_one_process_at_a_time()
    {
        await using var platform = await PlatformProcess.StartAsync();

        var second = await FastVlmProcess.RunAsync(
            SharedModels.Home, ["up", "--no-demo", "--data", platform.DataDirectory, "--urls", "http://127.0.0.1:0"]);

        second.AssertFailed(FailureKind.DataUnusable, platform.DataDirectory);
    }

    [Fact]
    public async Task A_token_is_asked_for_and_never_printed()
    {
        const string secret = "0123456789abcdef-token";
        var token = home.File("token");
        await File.WriteAllTextAsync(token, secret + "\n", TestContext.Current.CancellationToken);
        await using var platform = await PlatformProcess.StartAsync("--access-token-file", token);
        using var stranger = new ApiClient(platform.Address);

        Assert.Equal(HttpStatusCode.Unauthorized, await stranger.StatusAsync(HttpMethod.Get, "api/cameras"));
        var stopped = await platform.StopAsync();

        Assert.Equal(143, stopped.ExitCode);
        Assert.DoesNotContain(secret, string.Join('\n', stopped.Lines) + stopped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_closes_every_camera_and_keeps_the_demonstration_from_coming_back()
    {
        await using var platform = await PlatformProcess.StartAsync("--demo");
        using (var api = new ApiClient(platform.Address))
        {
            var cameras = await api.WaitForAsync(
                "api/cameras",
                list => list.AsArray().Count(camera => (string?)camera!["report"]?["status"]?["state"] == "live") == 2,
                "both demonstration cameras to be live");
            foreach (var camera in cameras.AsArray())
            {
                await api.DeleteAsync($"api/cameras/{camera!["id"]}");
            }
        }

        await platform.CrashAndRestartAsync();
        using var again = new ApiClient(platform.Address);

        Assert.Empty((await again.GetAsync("api/cameras")).AsArray());
        Assert.Equal(143, (await platform.StopAsync()).ExitCode);
    }
}
