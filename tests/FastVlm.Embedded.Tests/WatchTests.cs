using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Embedded.Tests;

/// <summary>The real program watches files and a real RTSP server; its captions are noise, its behaviour counts.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_file_is_captioned_to_its_end()
    {
        var clip = await ClipAsync();

        var watched = await RunAsync(clip, "--every", "1s");

        watched.AssertSucceeded();
        var types = watched.Events.Select(line => line.GetProperty("type").GetString()!).ToArray();
        Assert.Equal("model", types[0]);
        Assert.Equal("summary", types[^1]);
        var captions = watched.Events.Where(line => line.GetProperty("type").GetString() == "caption").ToArray();
        Assert.Equal([0.0, 1.0, 2.0], captions.Select(line => Math.Round(line.GetProperty("mediaTimeSeconds").GetDouble(), 2)));
        Assert.All(captions, line => Assert.True(line.GetProperty("firstTokenMs").GetDouble() > 0));
        Assert.Equal(3, watched.Event("summary").GetProperty("captions").GetInt32());
        Assert.Equal("CC0-1.0", watched.Event("model").GetProperty("licence").GetString());
    }

    [Fact]
    public async Task A_person_sees_model_licence_captions_and_a_summary()
    {
        var watched = await FastVlmProcess.RunAsync(
            home.FullPath, ["watch", await ClipAsync(), "--model", await SharedModels.MiniAsync(), "--max-new-tokens", "2"]);

        watched.AssertSucceeded();
        var text = string.Join('\n', watched.Lines);
        Assert.Contains("synthetic-mini (CC0-1.0) on cpu", text, StringComparison.Ordinal);
        Assert.Equal(3, watched.Lines.Count(line => line.Contains("first token", StringComparison.Ordinal)));
        Assert.Contains("3 captions and 0 alerts", watched.Lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task A_corrupt_picture_in_the_middle_is_left_out_and_told()
    {
        var pictures = Directory.CreateDirectory(home.File("pictures")).FullName;
        var whole = await File.ReadAllBytesAsync(
            await TestFfmpeg.ClipAsync("one.jpg", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1"),
            TestContext.Current.CancellationToken);
        foreach (var (name, length) in new[] { ("1.jpg", whole.Length), ("2.jpg", whole.Length / 2), ("3.jpg", whole.Length) })
        {
            File.WriteAllBytes(Path.Combine(pictures, name), whole[..length]);
        }

        var watched = await RunAsync(pictures);

        watched.AssertSucceeded();
        Assert.Contains("2.jpg", watched.Event("warning").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, watched.Event("summary").GetProperty("captions").GetInt32());
    }

    [Fact]
    public async Task A_duration_ends_it_in_good_order()
    {
        var watched = await RunAsync(await ClipAsync(), "--pace", "real", "--duration", "1500ms", "--every", "500ms");

        watched.AssertSucceeded();
        Assert.InRange(watched.Event("summary").GetProperty("captions").GetInt32(), 0, 4);
    }

    [Theory]
    [InlineData("h264")]
    [InlineData("hevc")]
    public async Task Captions_resume_after_the_camera_restarts_and_after_it_freezes(string codec)
    {
        await using var camera = RtspTestServer.Start(new RtspTestServerOptions { VideoPath = await TestFfmpeg.AnnexBAsync(codec) });
        await using var watch = await StartAsync(camera.Url, "--every", "500ms");
        await watch.WaitForTypeAsync("caption");
        var programs = ProgramsOf(watch);

        await camera.StopAsync();
        await watch.WaitForAsync(line => IsState(line, "offline"));
        camera.Restart();
        await watch.WaitForAsync(line => IsState(line, "live") || IsType(line, "caption"), after: line => IsState(line, "offline"));
        await watch.WaitForAsync(line => IsType(line, "caption"), after: line => IsState(line, "offline"));

        camera.Freeze();
        await watch.WaitForAsync(line => IsState(line, "stalled"));
        camera.Unfreeze();
        await watch.WaitForAsync(line => IsType(line, "caption"), after: line => IsState(line, "stalled"));

        programs.AddRange(ProgramsOf(watch));
        await watch.SignalAsync("INT");
        var ended = await watch.EndAsync();
        Assert.Equal(130, ended.ExitCode);
        Assert.Equal("summary", ended.Events[^1].GetProperty("type").GetString());
        Assert.NotEmpty(programs);
        Assert.All(programs, id => Assert.False(Directory.Exists($"/proc/{id}"), $"Process {id} is left."));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_closes_the_camera_before_it_ends(string signal, int exitCode)
    {
        await using var camera = RtspTestServer.Start(new RtspTestServerOptions { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        await using var watch = await StartAsync(camera.Url);
        await watch.WaitForTypeAsync("caption");
        var programs = ProgramsOf(watch);

        await watch.SignalAsync(signal);
        var ended = await watch.EndAsync();

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.NotEmpty(programs);
        Assert.All(programs, id => Assert.False(Directory.Exists($"/proc/{id}"), $"Process {id} is left."));
    }

    [Fact]
    public async Task An_unreachable_camera_is_told_at_once()
    {
        var camera = RtspTestServer.Start(new RtspTestServerOptions { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        var url = camera.Url;
        await camera.DisposeAsync();

        (await RunAsync(url)).AssertFailed(FailureKind.SourceUnreachable, "refuses the connection");
    }

    [Fact]
    public async Task A_camera_that_is_not_there_yet_is_waited_for_where_asked()
    {
        await using var camera = RtspTestServer.Start(new RtspTestServerOptions { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        await camera.StopAsync();
        await using var watch = await StartAsync(camera.Url, "--keep-trying");
        await watch.WaitForAsync(line => IsState(line, "offline"));

        camera.Restart();

        await watch.WaitForTypeAsync("caption");
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_never_printed()
    {
        await using var camera = RtspTestServer.Start(new RtspTestServerOptions
        {
            VideoPath = await TestFfmpeg.AnnexBAsync("h264"),
            Authentication = RtspAuthentication.Digest,
        });

        var refused = await RunAsync(camera.UrlWith("operator", "wr0ng-secret"), "--verbose");

        refused.AssertFailed(FailureKind.Unauthorized, "127.0.0.1");
        Assert.DoesNotContain("wr0ng-secret", refused.Error + string.Join('\n', refused.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_video_is_told()
    {
        var sound = await TestFfmpeg.ClipAsync("sound.mp4", "-f", "lavfi", "-i", "sine=duration=1");

        (await RunAsync(sound)).AssertFailed(FailureKind.NoVideo, "sound.mp4");
    }

    [Fact]
    public async Task A_source_that_is_no_file_and_no_camera_is_told() =>
        (await RunAsync(home.File("nowhere.mp4"))).AssertFailed(FailureKind.SourceUnreachable, "nowhere.mp4");

    [Fact]
    public async Task A_prompt_longer_than_the_context_ends_the_watch() =>
        (await RunAsync(await ClipAsync(), "--prompt", new string('x', 40_000)))
            .AssertFailed(FailureKind.PromptTooLong, "The prompt has 40058 tokens");

    [Theory]
    [InlineData("is not a duration", "--every", "soon")]
    [InlineData("must be 1 or more", "--confirm", "0")]
    [InlineData("give --webhook too", "--webhook-secret-file", "x")]
    [InlineData("begins with http", "--webhook", "ftp://receiver")]
    [InlineData("words that carry meaning", "--alert", "the")]
    public async Task Options_that_make_no_sense_are_refused(string named, params string[] options) =>
        (await RunAsync(await ClipAsync(), options)).AssertFailed(FailureKind.Usage, named);

    private static bool IsType(JsonElement line, string type) => line.GetProperty("type").GetString() == type;

    private static bool IsState(JsonElement line, string state) => IsType(line, "state") && line.GetProperty("state").GetString() == state;

    // Three seconds, ten frames a second.
    private static Task<string> ClipAsync() =>
        TestFfmpeg.ClipAsync("watched.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10", "-t", "3", "-pix_fmt", "yuv420p");

    /// <summary>Ids of the programs that any of its threads has started and that live now.</summary>
    private static List<int> ProgramsOf(FastVlmProcess watch) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{watch.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    private async Task<FastVlmProcess> StartAsync(string source, params string[] options) =>
        FastVlmProcess.Start(home.FullPath, await ArgumentsAsync(source, options));

    private async Task<CommandResult> RunAsync(string source, params string[] options) =>
        await FastVlmProcess.RunAsync(home.FullPath, await ArgumentsAsync(source, options));

    private static async Task<string[]> ArgumentsAsync(string source, string[] options) =>
        ["watch", source, "--model", await SharedModels.MiniAsync(), "--max-new-tokens", "2", "--json", .. options];
}
