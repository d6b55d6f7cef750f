namespace FastVlm.TestKit.Rtsp;

/// <summary>An H.264 or H.265 byte stream cut into access units (the NAL units of one picture).</summary>
internal sealed class AnnexB
{
    private AnnexB(bool isHevc, List<List<byte[]>> accessUnits)
    {
        IsHevc = isHevc;
        AccessUnits = accessUnits;
    }

    public bool IsHevc { get; }

    public List<List<byte[]>> AccessUnits { get; }

    public static AnnexB Read(string path, bool isHevc)
    {
        var units = new List<List<byte[]>>();
        var current = new List<byte[]>();
        var hasPicture = false;
        foreach (var nal in Split(File.ReadAllBytes(path)))
        {
            if (hasPicture && StartsAccessUnit(nal, isHevc))
            {
                units.Add(current);
                current = [];
                hasPicture = false;
            }

            current.Add(nal);
            hasPicture |= IsPicture(nal, isHevc);
        }

        units.Add(current);
        return new AnnexB(isHevc, units);
    }

    /// <summary>The first NAL unit of a type: parameter sets for the session description.</summary>
    public byte[] First(int type) => AccessUnits.SelectMany(u => u).First(nal => TypeOf(nal, IsHevc) == type);

    private static int TypeOf(byte[] nal, bool isHevc) => isHevc ? (nal[0] >> 1) & 0x3f : nal[0] & 0x1f;

    private static bool IsPicture(byte[] nal, bool isHevc) =>
        TypeOf(nal, isHevc) is var type && (isHevc ? type < 32 : type is >= 1 and <= 5);

    /// <summary>Parameter sets, delimiters and prefix messages stand before a picture; a slice starts one when it is its first.</summary>
    private static bool StartsAccessUnit(byte[] nal, bool isHevc)
    {
        var type = TypeOf(nal, isHevc);
        return isHevc
            ? type is 32 or 33 or 34 or 35 or 39 || (type < 32 && (nal[2] & 0x80) != 0)
            : type is 6 or 7 or 8 or 9 || (type is 1 or 5 && (nal[1] & 0x80) != 0);
    }

    private static List<byte[]> Split(byte[] stream)
    {
        ReadOnlySpan<byte> startCode = [0, 0, 1];
        var start = stream.AsSpan().IndexOf(startCode);
        var nals = new List<byte[]>();
        while (start >= 0)
        {
            var begin = start + 3;
            var length = stream.AsSpan(begin).IndexOf(startCode);
            var nal = stream.AsSpan(begin, length < 0 ? stream.Length - begin : length);
            nals.Add(length < 0 ? nal.ToArray() : nal.TrimEnd((byte)0).ToArray());
            start = length < 0 ? -1 : begin + length;
        }

        return nals;
    }
}
