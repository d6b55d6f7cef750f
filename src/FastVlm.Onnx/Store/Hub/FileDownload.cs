using System.Buffers;
using System.Net;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>
/// Fetches one file: resumes where an earlier attempt ended if the content is still the same, waits out refusals that
/// pass, and accepts the file only when size and digest are the declared ones.
/// </summary>
internal sealed class FileDownload(HubClient hub, DownloadRetries retries, TimeProvider timeProvider)
{
    private const int BufferBytes = 1 << 17;

    private readonly Patience _patience = new(retries, timeProvider);

    /// <returns>What is on disk at <paramref name="target"/> now.</returns>
    /// <exception cref="FailureException">It cannot be fetched, or is not what the hub declares; a wrong part is removed.</exception>
    public async Task<FileDigest> RunAsync(HubFile file, string target, TransferObserver observer, CancellationToken cancellationToken)
    {
        var part = new PartialFile(target);
        part.Prepare(file);
        observer.Skip(part.Length);
        var lengthBefore = part.Length;
        await _patience.RunAsync(
            $"'{file.Path}'",
            async token =>
            {
                lengthBefore = part.Length;
                await AttemptAsync(file, part, observer, token);
                return true;
            },
            () => part.Length > lengthBefore,
            reason => observer.Wait(file.Path, reason),
            cancellationToken);
        return await AcceptAsync(file, part, target, cancellationToken);
    }

    private async Task AttemptAsync(HubFile file, PartialFile part, TransferObserver observer, CancellationToken cancellationToken)
    {
        if (file.SizeBytes == part.Length && part.Length > 0)
        {
            return;
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = timeProvider.CreateTimer(_ => silence.Cancel(), null, retries.SilenceMax, Timeout.InfiniteTimeSpan);
        var tag = part.Tag;
        using var response = await hub.OpenAsync(file.Address, part.Length, tag, silence.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The part is longer than what is there now: it is the beginning of something else.
            observer.TakeBack(part.Length);
            part.Discard();
            throw new ConnectionCutException("the file changed on the server");
        }

        HubRefusal.ThrowIfRefused(response, file.Address, hub.HasToken);
        var offset = Offset(response, part, tag);
        RequireDeclaredLength(file, response, part, offset);
        observer.TakeBack(part.Length - offset);
        part.Remember(file, response.Headers.ETag);
        await using var target = part.OpenAt(offset);
        await CopyAsync(
            response,
            target,
            count =>
            {
                observer.Add(file.Path, count);
                timer.Change(retries.SilenceMax, Timeout.InfiniteTimeSpan);
            },
            silence.Token);
    }

    // 206 continues only what it says it continues; anything else is the whole file from its beginning.
    private static long Offset(HttpResponseMessage response, PartialFile part, System.Net.Http.Headers.EntityTagHeaderValue? tag)
    {
        if (response.StatusCode != HttpStatusCode.PartialContent)
        {
            return 0;
        }

        if (response.Content.Headers.ContentRange?.From == part.Length && Equals(response.Headers.ETag, tag))
        {
            return part.Length;
        }

        part.Discard();
        throw new ConnectionCutException("the file changed on the server");
    }

    private static void RequireDeclaredLength(HubFile file, HttpResponseMessage response, PartialFile part, long offset)
    {
        if (file.SizeBytes is { } declared && response.Content.Headers.ContentLength is { } length && offset + length != declared)
        {
            part.Discard();
            throw new FailureException(
                FailureKind.HashMismatch,
                $"'{file.Path}' is not what the hub declares: it serves {offset + length} bytes, declared are {declared}; "
                + $"nothing was kept, try again later or another {HubEndpoint.AddressVariable}.");
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage response, FileStream target, Action<int> onBytes, CancellationToken cancellationToken)
    {
        var promised = response.Content.Headers.ContentLength;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long copied = 0;
            for (int count; (count = await ReadAsync(body, buffer, cancellationToken)) > 0; copied += count)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                onBytes(count);
            }

            if (promised is { } length && copied < length)
            {
                throw new ConnectionCutException($"cut after {copied} of {length} bytes");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Reading fails with IOException when the line is cut; writing does when the disk is full. Only the first may pass.
    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken);
        }
        catch (IOException cut)
        {
            throw new ConnectionCutException(cut.Message, cut);
        }
    }

    private static async Task<FileDigest> AcceptAsync(HubFile file, PartialFile part, string target, CancellationToken cancellationToken)
    {
        var digest = await FileDigest.ComputeAsync(part.Path, bytesRead: null, cancellationToken);
        if (file.Difference(digest) is { } difference)
        {
            part.Discard();
            throw new FailureException(
                FailureKind.HashMismatch,
                $"'{file.Path}' is not what the hub declares: {difference}; the download was removed, run the command again.");
        }

        part.Complete();
        return digest;
    }
}
