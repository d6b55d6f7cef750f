using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;

namespace FastVlm.Video.Live;

/// <summary>
/// Live video of one camera: takes heads and fragments from whichever ffmpeg reads the camera now, and keeps the last ones
/// while somebody asks. Safe for concurrent use.
/// </summary>
/// <param name="refusal">Why this camera's stream must not be passed on as it is; null where it may.</param>
/// <param name="timeProvider">Tells who has stopped asking.</param>
internal sealed class LiveStream(string? refusal, TimeProvider timeProvider)
{
    private readonly Lock gate = new();
    private readonly LivePlaylist playlist = new();
    private TaskCompletionSource changed = NewSignal();
    private Mp4Track? track;
    private DateTimeOffset wantedUntil = DateTimeOffset.MinValue;

    /// <summary>The stream may be passed on; otherwise there is no use in copying it.</summary>
    public bool MayBePassedOn => refusal is null;

    /// <summary>Somebody asked not long ago.</summary>
    public bool IsWanted
    {
        get
        {
            lock (gate)
            {
                var isWanted = timeProvider.GetUtcNow() < wantedUntil;
                if (!isWanted)
                {
                    playlist.Clear();
                }

                return isWanted;
            }
        }
    }

    /// <summary>A source was opened and this is its stream's head.</summary>
    public void Begin(byte[] head)
    {
        var box = head.AsSpan(FirstBoxBytes(head));
        lock (gate)
        {
            track = Mp4Track.Read(box);
            playlist.Begin(head);
            Signal();
        }
    }

    public void Add(byte[] fragment, int moofBytes)
    {
        lock (gate)
        {
            if (track is { IsPlayable: true })
            {
                playlist.Add(fragment, track.DurationOf(fragment.AsSpan(0, moofBytes)));
                Signal();
            }
        }
    }

    /// <summary>The source was closed: what is left is no longer live.</summary>
    public void End()
    {
        lock (gate)
        {
            track = null;
            playlist.Clear();
        }
    }

    /// <inheritdoc cref="ILiveVideo.ReadAsync"/>
    public async Task<LiveVideoFile?> ReadAsync(string fileName, CancellationToken cancellationToken)
    {
        if (refusal is not null)
        {
            throw new FailureException(FailureKind.NoVideo, refusal);
        }

        using var timeout = new CancellationTokenSource(VideoLimits.LiveStartTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (TryRead(fileName, out var file) is not { } wait)
                {
                    return file;
                }

                await wait.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(
                FailureKind.SourceUnreachable,
                $"The camera sent no complete segment within {VideoLimits.LiveStartTimeout.TotalSeconds:0} s; "
                + "check that it is live and that its key-frame interval is 10 s or less.");
        }
    }

    /// <summary>Null where the answer is there, else what to wait for.</summary>
    private Task? TryRead(string fileName, out LiveVideoFile? file)
    {
        lock (gate)
        {
            wantedUntil = timeProvider.GetUtcNow() + VideoLimits.LiveKeptFor;
            if (track is { IsPlayable: false })
            {
                throw new FailureException(
                    FailureKind.NoVideo,
                    $"The camera's video ('{track.SampleEntry}') cannot be played by browsers; set the camera to H.264.");
            }

            file = playlist.Find(fileName);
            return fileName == LivePlaylist.IndexName && file is null ? changed.Task : null;
        }
    }

    private void Signal()
    {
        changed.TrySetResult();
        changed = NewSignal();
    }

    private static int FirstBoxBytes(byte[] head) =>
        head.AsSpan(4, 4).SequenceEqual("ftyp"u8) ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head) : 0;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
