namespace FastVlm.Pipeline.Frames;

/// <summary>Brightness of a colour as people see it (BT.601), 0 to 255.</summary>
internal static class Luma
{
    public static int Of(byte red, byte green, byte blue) => ((77 * red) + (150 * green) + (29 * blue)) >> 8;
}
