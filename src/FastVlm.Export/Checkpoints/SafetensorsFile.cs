using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FastVlm.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Reads one safetensors file. The header is validated as a whole when the file is opened, so that a truncated or
/// damaged file is refused before anything is written; tensors are then read in pieces of any size, at any offset.
/// Positioned reads rather than a memory map: a file cut short under our feet is an error message here, and a crash
/// of the process with a map.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int ChunkElements = 1 << 18;

    private readonly SafeFileHandle _handle;

    private SafetensorsFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, TensorEntry> tensors)
    {
        Path = path;
        _handle = handle;
        Tensors = tensors;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <exception cref="FailureException">The file is absent, truncated or damaged; the message names tensor or byte.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureKind.CheckpointInvalid, $"The checkpoint file '{path}' cannot be opened: {e.Message}", e);
        }

        try
        {
            return new SafetensorsFile(path, handle, SafetensorsHeader.Read(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads elements [start, start + destination.Length) of a tensor, widened to float.</summary>
    public void Read(TensorEntry entry, long start, Span<float> destination)
    {
        if (entry.Dtype is not (StoredDtype.F32 or StoredDtype.F16 or StoredDtype.BF16))
        {
            throw new FailureException(
                FailureKind.CheckpointInvalid,
                $"Tensor '{entry.Name}' of '{Path}' is stored as {entry.DtypeName}; "
                + "the exporter reads F32, F16 and BF16: convert the checkpoint to one of them.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + destination.Length, entry.ElementCount);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(destination.Length, ChunkElements) * entry.ElementSize);
        try
        {
            while (!destination.IsEmpty)
            {
                var count = Math.Min(destination.Length, ChunkElements);
                var bytes = buffer.AsSpan(0, count * entry.ElementSize);
                ReadBytes(entry, start * entry.ElementSize, bytes);
                Widen(entry.Dtype, bytes, destination[..count]);
                destination = destination[count..];
                start += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a whole I64 tensor, as the golden files use for token ids.</summary>
    public long[] ReadInt64(TensorEntry entry)
    {
        if (entry.Dtype != StoredDtype.I64)
        {
            throw new FailureException(
                FailureKind.CheckpointInvalid,
                $"Tensor '{entry.Name}' of '{Path}' is stored as {entry.DtypeName}, expected I64.");
        }

        var bytes = new byte[entry.ByteCount];
        ReadBytes(entry, 0, bytes);
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray();
    }

    public void Dispose() => _handle.Dispose();

    private void ReadBytes(TensorEntry entry, long byteOffset, Span<byte> destination)
    {
        var position = entry.Offset + byteOffset;
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(_handle, destination, position);
            if (read == 0)
            {
                throw new FailureException(
                    FailureKind.CheckpointInvalid,
                    $"'{Path}' ends at byte {position} inside tensor '{entry.Name}': the file was cut short while it was read.");
            }

            destination = destination[read..];
            position += read;
        }
    }

    private static void Widen(StoredDtype dtype, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (dtype)
        {
            case StoredDtype.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case StoredDtype.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            default:
                // bfloat16 is the upper half of a float.
                var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < halves.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                }

                break;
        }
    }
}
