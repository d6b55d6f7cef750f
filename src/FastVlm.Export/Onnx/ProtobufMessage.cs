using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FastVlm.Export.Onnx;

/// <summary>
/// Builds one protobuf message in memory (wire format: varints, length-delimited fields, fixed 32). Only what ONNX
/// needs; weights never pass through it.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public long Length => _bytes.WrittenCount;

    public void Int(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
    }

    public void Float(int field, float value)
    {
        Tag(field, 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Message(int field, ProtobufMessage value) => Bytes(field, value.ToArray());

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        OpenField(field, value.Length);
        _bytes.Write(value);
    }

    /// <summary>Tag and length of a field whose bytes follow from elsewhere.</summary>
    public void OpenField(int field, long length)
    {
        Tag(field, 2);
        Varint((ulong)length);
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
