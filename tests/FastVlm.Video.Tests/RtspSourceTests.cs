using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests;

/// <summary>A real ffmpeg reads a real RTSP server.</summary>
public sealed class RtspSourceTests
{
    [Theory]
    [InlineData("h264", RtspTransport.Tcp)]
    [InlineData("hevc", RtspTransport.Tcp)]
    [InlineData("h264", RtspTransport.Udp)]
    public async Task Reads_a_stream(string codec, RtspTransport transport)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec) });

        var options = new FrameSourceOptions { FramePeriod = TimeSpan.Zero, RtspTransport = transport };
        var frames = await FrameReading.Open(server.Url, options).TakeAsync(12);

        Assert.Equal(12, frames.Count);
        Assert.All(frames, f => Assert.Equal((320, 180), (f.Image.WidthPx, f.Image.HeightPx)));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), frames.Select(f => f.Index));
        Assert.Equal(TimeSpan.Zero, frames[0].MediaTime);

        // ffmpeg gives the first picture of an RTSP stream the time of the second.
        Assert.All(frames.Skip(1).Zip(frames.Skip(2)), pair =>
            Assert.Equal(0.1, (pair.Second.MediaTime!.Value - pair.First.MediaTime!.Value).TotalSeconds, 0.001));
    }

    [Fact]
    public async Task Passes_on_one_frame_per_period_of_the_stream()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });

        var frames = await FrameReading.Open(server.Url, new() { FramePeriod = TimeSpan.FromSeconds(0.5) }).TakeAsync(4);

        Assert.All(frames.Skip(1).Zip(frames.Skip(2)), pair =>
            Assert.Equal(0.5, (pair.Second.MediaTime!.Value - pair.First.MediaTime!.Value).TotalSeconds, 0.001));
    }

    [Fact]
    public async Task Can_decode_key_frames_only()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });

        var frames = await FrameReading.Open(server.Url, new() { FramePeriod = TimeSpan.Zero, KeyFramesOnly = true }).TakeAsync(3);

        Assert.Equal(1, (frames[2].MediaTime!.Value - frames[1].MediaTime!.Value).TotalSeconds, 0.01);
    }

    [Theory]
    [InlineData(RtspAuthentication.Basic)]
    [InlineData(RtspAuthentication.Digest)]
    public async Task Gives_the_right_password(RtspAuthentication authentication)
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = authentication });

        var frames = await FrameReading.Open(server.UrlWithPassword).TakeAsync(2);

        Assert.Equal(2, frames.Count);
    }

    [Theory]
    [InlineData(RtspAuthentication.Basic, "operator:wr0ng-pass@")]
    [InlineData(RtspAuthentication.Digest, "operator:wr0ng-pass@")]
    [InlineData(RtspAuthentication.Digest, "")]
    public async Task Tells_a_refused_password(RtspAuthentication authentication, string userInfo)
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = authentication });

        var (frames, failure) = await FrameReading.Open(server.Url.Replace("://", "://" + userInfo, StringComparison.Ordinal))
            .ReadToEndAsync();

        Assert.Empty(frames);
        Assert.Equal(FailureKind.Unauthorized, failure!.Kind);
        Assert.Contains("(401 Unauthorized)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-pass", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_in_no_command_line_and_in_no_log()
    {
        await using var server = RtspTestServer.Start(new()
        {
            VideoPath = await TestFfmpeg.AnnexBAsync("h264"),
            Authentication = RtspAuthentication.Digest,
            Password = "t0p-s3cret@gate",
        });
        var logger = new CollectingLogger();
        var source = FrameReading.Open(server.UrlWithPassword, new() { FrameSidePxMax = 301 }, logger);
        var commandLine = "";
        var failure = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var frame in source.ReadAsync(TestContext.Current.CancellationToken))
            {
                commandLine = frame.Index == 0 ? Assert.Single(ChildProcesses.WithCommandLine("min(301/")).Value : commandLine;
                await server.StopAsync();
            }
        });

        Assert.Contains("pipe:0", commandLine, StringComparison.Ordinal);
        string[] secrets = ["t0p-s3cret", "operator"];
        Assert.All(logger.Lines.Items.Append(commandLine).Append(failure.Message), text =>
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
        Assert.Contains(logger.Lines.Items, line => line.Contains("ffmpeg ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_a_stream_without_video()
    {
        await using var server = RtspTestServer.Start(new());

        var (_, failure) = await FrameReading.Open(server.Url).ReadToEndAsync();

        Assert.Equal(FailureKind.NoVideo, failure!.Kind);
    }

    [Fact]
    public async Task Tells_an_unreachable_camera()
    {
        var (_, failure) = await FrameReading.Open($"rtsp://operator:s3cret@127.0.0.1:{WebhookReceiver.FreePort()}/cam").ReadToEndAsync();

        Assert.Equal(FailureKind.SourceUnreachable, failure!.Kind);
        Assert.Contains("refuses the connection", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_a_wrong_path()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });

        var (_, failure) = await FrameReading.Open(server.Url + "era-2").ReadToEndAsync();

        Assert.Equal(FailureKind.SourceUnreachable, failure!.Kind);
        Assert.Contains("404", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_a_transport_that_the_camera_does_not_offer()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), OffersTcp = false });

        var (_, failure) = await FrameReading.Open(server.Url).ReadToEndAsync();

        Assert.Contains("does not offer this transport", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_RTSPS()
    {
        using var certificate = SelfSigned();
        await using var server = RtspTestServer.Start(new()
        {
            VideoPath = await TestFfmpeg.AnnexBAsync("h264"),
            Certificate = certificate,
            Authentication = RtspAuthentication.Digest,
        });

        var frames = await FrameReading.Open(server.UrlWithPassword).TakeAsync(3);

        Assert.Equal(3, frames.Count);
    }

    /// <summary>Damaged packets cost pictures, not the stream.</summary>
    [Theory]
    [InlineData("h264")]
    [InlineData("hevc")]
    public async Task Damaged_packets_do_not_end_the_stream(string codec)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec), FramesPerSecond = 25 });
        server.DamageShare = 0.2;

        var frames = await FrameReading.Open(server.Url).TakeAsync(60);

        Assert.Equal(60, frames.Count);
    }

    [Fact]
    public async Task A_lost_server_ends_the_run_with_a_failure()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        var frames = FrameReading.Open(server.Url).ReadAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await frames.MoveNextAsync());

        await server.StopAsync();

        var failure = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            while (await frames.MoveNextAsync())
            {
            }
        });
        Assert.Equal(FailureKind.SourceUnreachable, failure.Kind);
        Assert.Contains("closed the stream", failure.Message, StringComparison.Ordinal);
        await frames.DisposeAsync();
    }

    /// <summary>The new size needs a new scale: the feed opens the source again at once.</summary>
    [Fact]
    public async Task A_camera_that_changes_its_picture_size_ends_the_run()
    {
        var wide = await TestFfmpeg.AnnexBAsync("h264", "320x180");
        var square = await TestFfmpeg.AnnexBAsync("h264", "240x240");
        using var directory = new TempDirectory();
        var both = directory.File("both.h264");
        await File.WriteAllBytesAsync(
            both, [.. await File.ReadAllBytesAsync(wide, CancellationToken.None),
            .. await File.ReadAllBytesAsync(square, CancellationToken.None)], CancellationToken.None);
        await using var server = RtspTestServer.Start(new() { VideoPath = both, FramesPerSecond = 25 });

        var (frames, failure) = await FrameReading.Open(server.Url).ReadToEndAsync();

        Assert.NotEmpty(frames);
        Assert.All(frames, f => Assert.Equal((320, 180), (f.Image.WidthPx, f.Image.HeightPx)));
        Assert.Contains("changed its picture size to 240×240 px", failure!.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=test camera", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
