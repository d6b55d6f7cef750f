namespace FastVlm.Pipeline.Frames;

/// <summary>Makes pictures that browsers and people can open. Safe for concurrent use.</summary>
public interface IPictureEncoder
{
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100; 85 where nothing speaks against it.</param>
    /// <returns>A baseline JPEG with 4:2:0 chroma.</returns>
    byte[] EncodeJpeg(RgbImage image, int quality);
}
