using System.Buffers.Binary;

namespace FastVlm.TestKit.Rtsp;

/// <summary>Cuts access units into RTP packets (RFC 6184 for H.264, RFC 7798 for H.265), for one client.</summary>
internal sealed class RtpPacketizer(bool isHevc)
{
    /// <summary>Fits an Ethernet frame with IP, UDP and RTP headers.</summary>
    private const int PayloadBytesMax = 1400;

    private readonly uint source = BitConverter.ToUInt32(Guid.NewGuid().ToByteArray());
    private ushort sequence;

    public IEnumerable<byte[]> Packets(List<byte[]> accessUnit, uint timestamp)
    {
        for (var i = 0; i < accessUnit.Count; i++)
        {
            var isLast = i == accessUnit.Count - 1;
            var nal = accessUnit[i];
            var fragments = nal.Length <= PayloadBytesMax ? [nal] : Fragments(nal).ToList();
            for (var f = 0; f < fragments.Count; f++)
            {
                yield return Packet(fragments[f], payloadType: 96, timestamp, isLast && f == fragments.Count - 1);
            }
        }
    }

    public byte[] Packet(byte[] payload, byte payloadType, uint timestamp, bool marker)
    {
        var packet = new byte[12 + payload.Length];
        packet[0] = 0x80;
        packet[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), source);
        payload.CopyTo(packet, 12);
        return packet;
    }

    private IEnumerable<byte[]> Fragments(byte[] nal)
    {
        var headerLength = isHevc ? 2 : 1;
        var type = isHevc ? (nal[0] >> 1) & 0x3f : nal[0] & 0x1f;
        byte[] indicator = isHevc ? [(byte)((nal[0] & 0x81) | (49 << 1)), nal[1]] : [(byte)((nal[0] & 0xe0) | 28)];
        var size = PayloadBytesMax - headerLength - 1;
        for (var offset = headerLength; offset < nal.Length; offset += size)
        {
            var isFirst = offset == headerLength;
            var isLast = offset + size >= nal.Length;
            var flags = (byte)((isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | type);
            yield return [.. indicator, flags, .. nal.AsSpan(offset, Math.Min(size, nal.Length - offset)).ToArray()];
        }
    }
}
