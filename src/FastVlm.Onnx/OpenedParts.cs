namespace FastVlm.Onnx;

/// <summary>Closes what was opened so far when a later part of a model fails to load.</summary>
internal sealed class OpenedParts : IDisposable
{
    private readonly Stack<IDisposable> _parts = [];

    public T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Push(part);
        return part;
    }

    /// <summary>Everything has an owner now.</summary>
    public void Release() => _parts.Clear();

    public void Dispose()
    {
        while (_parts.TryPop(out var part)) part.Dispose();
    }
}
