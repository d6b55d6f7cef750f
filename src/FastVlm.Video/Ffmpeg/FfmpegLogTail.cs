namespace FastVlm.Video.Ffmpeg;

/// <summary>The last lines of a process's log, without secrets. Written by one reader, read by anyone.</summary>
internal sealed class FfmpegLogTail(Func<string, string> redact, int lineCountMax)
{
    private readonly Queue<string> lines = new(lineCountMax);
    private readonly Lock gate = new();

    public void Add(string line)
    {
        var clean = redact(line);
        lock (gate)
        {
            if (lines.Count == lineCountMax)
            {
                lines.Dequeue();
            }

            lines.Enqueue(clean);
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }
}
