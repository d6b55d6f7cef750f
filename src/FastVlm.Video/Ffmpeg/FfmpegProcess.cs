using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// One run of ffmpeg or ffprobe: pictures or JSON come out of <see cref="Output"/>, the log goes to <see cref="LogTail"/>.
/// Disposing kills the process with all its children, at once and without asking (a frozen ffmpeg ignores SIGTERM), and
/// waits until it is gone.
/// </summary>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task inputDone;
    private readonly Task logDone;

    private FfmpegProcess(Process process, ReadOnlyMemory<byte> input, FfmpegLogTail logTail, ChannelWriter<FrameTrace>? traces)
    {
        this.process = process;
        LogTail = logTail;
        inputDone = WriteInputAsync(input);
        logDone = ReadLogAsync(traces);
    }

    public FfmpegLogTail LogTail { get; }

    public Stream Output => process.StandardOutput.BaseStream;

    /// <param name="program">Full path.</param>
    /// <param name="arguments">Must hold no secret: every user of the machine can read them.</param>
    /// <param name="input">Written to standard input, which is then closed.</param>
    /// <param name="redact">Removes secrets from a line of the log.</param>
    /// <param name="traces">Gets the traces of the frames, and its completion when the log ends; null where none are wanted.</param>
    public static async Task<FfmpegProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        ReadOnlyMemory<byte> input,
        Func<string, string> redact,
        ChannelWriter<FrameTrace>? traces)
    {
        var process = await ProcessLauncher.StartAsync(program, arguments);
        return new FfmpegProcess(process, input, new FfmpegLogTail(redact, VideoLimits.LogTailLines), traces);
    }

    /// <summary>Waits until the process has ended by itself and all of its log has been read.</summary>
    /// <returns>The exit code. ffmpeg also returns 0 when it lost a stream: it says little.</returns>
    public async Task<int> WaitForEndAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        await logDone.WaitAsync(cancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // Kill does nothing to a process that has ended.
        process.Kill(entireProcessTree: true);
        using var stuck = new CancellationTokenSource(VideoLimits.KillTimeout);
        await process.WaitForExitAsync(stuck.Token);
        await inputDone;
        await logDone;
        process.Dispose();
    }

    private async Task WriteInputAsync(ReadOnlyMemory<byte> input)
    {
        try
        {
            await using var standardInput = process.StandardInput.BaseStream;
            await standardInput.WriteAsync(input);
        }
        catch (IOException)
        {
            // The process ended before it had read everything; its log and output say why.
        }
    }

    private async Task ReadLogAsync(ChannelWriter<FrameTrace>? traces)
    {
        using var reader = new StreamReader(process.StandardError.BaseStream, Encoding.UTF8);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!FrameTrace.IsTraceLine(line))
            {
                LogTail.Add(line);
            }
            else if (FrameTrace.Parse(line) is { } trace)
            {
                traces?.TryWrite(trace);
            }
        }

        traces?.Complete();
    }
}
