namespace FastVlm.Pipeline;

/// <summary>The id of a camera, unique within an installation. Printed and logged as it is.</summary>
public readonly record struct CameraId(string Value)
{
    public override string ToString() => Value;
}
