using System.Buffers.Binary;
using System.Text;

namespace FastVlm.Video.Live;

/// <summary>One box of an MP4 file, header included; its content is found by name, level by level.</summary>
internal readonly ref struct Mp4Box(ReadOnlySpan<byte> bytes)
{
    private const int HeaderBytes = 8;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    public string Type => Encoding.Latin1.GetString(bytes.Slice(4, 4));

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Content => bytes[HeaderBytes..];

    public byte Version => Content[0];

    /// <summary>The 24 flags of a full box.</summary>
    public uint Flags => BinaryPrimitives.ReadUInt32BigEndian(Content) & 0xffffff;

    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Content[offset..]);

    public ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(Content[offset..]);

    /// <summary>The first box of a path such as "trak/mdia/mdhd" inside this one.</summary>
    /// <param name="path">Types, separated by slashes.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public Mp4Box Find(string path)
    {
        var box = this;
        foreach (var type in path.Split('/'))
        {
            box = Child(box.Content, type);
        }

        return box;
    }

    private static Mp4Box Child(ReadOnlySpan<byte> content, string type)
    {
        while (content.Length >= HeaderBytes)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(content);
            if (size < HeaderBytes || size > content.Length)
            {
                break;
            }

            var box = new Mp4Box(content[..(int)size]);
            if (box.Type == type)
            {
                return box;
            }

            content = content[(int)size..];
        }

        throw new InvalidDataException($"A box of ffmpeg's MP4 output has no '{type}'.");
    }
}
