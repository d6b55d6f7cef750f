using System.Buffers.Binary;

namespace FastVlm.Video.Live;

/// <summary>
/// Cuts ffmpeg's fragmented MP4 into its head ("ftyp" and "moov") and its fragments ("moof" and "mdat"). Reads on without
/// keeping anything while nobody wants fragments, because ffmpeg would wait with the frames otherwise.
/// </summary>
internal sealed class Mp4FragmentReader(Stream stream)
{
    private const int HeaderBytes = 8;

    private readonly byte[] discarded = new byte[64 * 1024];
    private readonly byte[] header = new byte[HeaderBytes];

    /// <summary>Told the head, once and first; the array is the receiver's.</summary>
    public required Action<byte[]> OnHead { get; init; }

    /// <summary>Told each wanted fragment with the length of its "moof"; the array is the receiver's.</summary>
    public required Action<byte[], int> OnFragment { get; init; }

    /// <summary>Asked at the begin of each fragment.</summary>
    public required Func<bool> IsWanted { get; init; }

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A box is larger than any that a camera fills.</exception>
    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        byte[] head = [];
        byte[]? fragment = null;
        while (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) == HeaderBytes)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header);
            var type = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            if (size < HeaderBytes || size > VideoLimits.LiveFragmentBytesMax)
            {
                throw new InvalidDataException($"A box of {size} bytes (at most {VideoLimits.LiveFragmentBytesMax}).");
            }

            switch (type)
            {
                case BoxType.Ftyp:
                    head = await ReadBoxAsync([], (int)size, cancellationToken);
                    break;
                case BoxType.Moov:
                    OnHead(await ReadBoxAsync(head, (int)size, cancellationToken));
                    break;
                case BoxType.Moof when IsWanted():
                    fragment = await ReadBoxAsync([], (int)size, cancellationToken);
                    break;
                case BoxType.Mdat when fragment is not null:
                    OnFragment(await ReadBoxAsync(fragment, (int)size, cancellationToken), fragment.Length);
                    fragment = null;
                    break;
                default:
                    await SkipAsync((int)size - HeaderBytes, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>The bytes given, followed by the whole box whose header was read.</summary>
    private async Task<byte[]> ReadBoxAsync(byte[] before, int size, CancellationToken cancellationToken)
    {
        var bytes = new byte[before.Length + size];
        before.CopyTo(bytes, 0);
        header.CopyTo(bytes, before.Length);
        await stream.ReadExactlyAsync(bytes.AsMemory(before.Length + HeaderBytes), cancellationToken);
        return bytes;
    }

    private async Task SkipAsync(int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var part = Math.Min(count, discarded.Length);
            await stream.ReadExactlyAsync(discarded.AsMemory(0, part), cancellationToken);
            count -= part;
        }
    }

    private static class BoxType
    {
        public const uint Ftyp = 0x66747970;
        public const uint Moov = 0x6d6f6f76;
        public const uint Moof = 0x6d6f6f66;
        public const uint Mdat = 0x6d646174;
    }
}
