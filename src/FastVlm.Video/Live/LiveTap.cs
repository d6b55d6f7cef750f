using System.Net.Sockets;
using FastVlm.Pipeline;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video.Live;

/// <summary>
/// Where one ffmpeg process writes the copied stream: a socket in a folder that only this user can enter. It is always read,
/// because ffmpeg waits for slow readers with the frames too. What goes wrong here costs the live video, never the frames:
/// when the socket closes, ffmpeg drops this output and goes on.
/// </summary>
internal sealed class LiveTap : IAsyncDisposable
{
    private readonly CameraId cameraId;
    private readonly LiveStream stream;
    private readonly ILogger logger;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fastvlm-");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;

    private LiveTap(CameraId cameraId, LiveStream stream, ILogger logger)
    {
        this.cameraId = cameraId;
        this.stream = stream;
        this.logger = logger;
        Path = System.IO.Path.Combine(folder.FullName, "live");
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen(1);
        reading = ReadAsync();
    }

    /// <summary>Of the socket, for ffmpeg.</summary>
    public string Path { get; }

    /// <summary>Null where the stream is not to be copied, or this system has no such sockets for ffmpeg.</summary>
    public static LiveTap? TryOpen(CameraId cameraId, LiveStream? stream, ILogger logger) =>
        stream is { MayBePassedOn: true } && !OperatingSystem.IsWindows() ? new LiveTap(cameraId, stream, logger) : null;

    /// <summary>After the process has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        listener.Dispose();
        stop.Dispose();
        folder.Delete(recursive: true);
        stream.End();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var connection = await listener.AcceptAsync(stop.Token);
            await using var input = new NetworkStream(connection);
            var reader = new Mp4FragmentReader(input)
            {
                OnHead = stream.Begin,
                OnFragment = stream.Add,
                IsWanted = () => stream.IsWanted,
            };
            await reader.ReadToEndAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The ordinary end of a source that is closed.
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // ffmpeg was killed in the middle of a box; its log tells why the source ended.
        }
        catch (InvalidDataException e)
        {
            logger.LiveVideoLost(cameraId.Value, e.Message);
        }
    }
}
