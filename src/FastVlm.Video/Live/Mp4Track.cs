using System.Text;

namespace FastVlm.Video.Live;

/// <summary>What the head of a fragmented MP4 with one video track says.</summary>
/// <param name="Timescale">Ticks per second.</param>
/// <param name="SampleEntry">E.g. "avc1", "hvc1".</param>
/// <param name="DefaultSampleDuration">Ticks, where a fragment says nothing else.</param>
internal sealed record Mp4Track(uint Timescale, string SampleEntry, uint DefaultSampleDuration)
{
    /// <summary>Browsers know these; of H.265 not all.</summary>
    public bool IsPlayable => SampleEntry is "avc1" or "hvc1";

    /// <summary>
    /// Reads the "moov" box, and renames the H.265 entry "hev1" to "hvc1" in place: the parameter sets are in the head, and
    /// Apple's players know only that name.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not what ffmpeg writes.</exception>
    public static Mp4Track Read(Span<byte> moov)
    {
        var box = new Mp4Box(moov);
        var header = box.Find("trak/mdia/mdhd");

        // A full box: version and flags, entry count, then the entry with its own header.
        var entry = box.Find("trak/mdia/minf/stbl/stsd").Content[12..16];
        var name = Encoding.Latin1.GetString(entry);
        if (name == "hev1")
        {
            "hvc1"u8.CopyTo(moov[moov.IndexOf("hev1"u8)..]);
            name = "hvc1";
        }

        var defaults = box.Find("mvex/trex");
        return new Mp4Track(header.UInt32(header.Version == 1 ? 20 : 12), name, defaults.UInt32(12));
    }

    /// <summary>How long the pictures of a fragment ("moof" box) last.</summary>
    /// <exception cref="InvalidDataException">It is not what ffmpeg writes.</exception>
    public TimeSpan DurationOf(ReadOnlySpan<byte> moof)
    {
        var box = new Mp4Box(moof);
        var run = box.Find("traf/trun");
        var count = run.UInt32(4);
        var (offset, entryBytes) = ((run.Flags & 0x1) != 0 ? 12 : 8, 0);
        offset += (run.Flags & 0x4) != 0 ? 4 : 0;
        entryBytes = 4 * System.Numerics.BitOperations.PopCount(run.Flags & 0xf00);
        if ((run.Flags & 0x100) == 0)
        {
            return Seconds((ulong)count * DefaultIn(box.Find("traf/tfhd")));
        }

        ulong ticks = 0;
        for (var i = 0; i < count; i++)
        {
            ticks += run.UInt32(offset + (i * entryBytes));
        }

        return Seconds(ticks);
    }

    private uint DefaultIn(Mp4Box header)
    {
        // Optional fields before the duration: base offset, description index.
        var offset = 8 + ((header.Flags & 0x1) != 0 ? 8 : 0) + ((header.Flags & 0x2) != 0 ? 4 : 0);
        return (header.Flags & 0x8) != 0 ? header.UInt32(offset) : DefaultSampleDuration;
    }

    private TimeSpan Seconds(ulong ticks) => TimeSpan.FromSeconds((double)ticks / Timescale);
}
