namespace FastVlm.Onnx.Images;

/// <summary>How a picture that is not square is fitted to the encoder's square.</summary>
public enum ImageAspect
{
    /// <summary>The whole picture on a square canvas of the mean colour, then shrunk: nothing is lost. Apple's default.</summary>
    Pad,

    /// <summary>Shrunk until the short side fits, then the middle cut out: what browsers and phones do.</summary>
    Crop,

    /// <summary>The whole picture once, and again in tiles of full resolution.</summary>
    AnyResolution,
}
