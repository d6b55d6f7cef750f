using System.Buffers.Binary;
using System.Text.Json;
using FastVlm.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Decides whether the header of a safetensors file is sound: 8 bytes of header length, JSON of name → dtype, shape and
/// offsets, then the tensors' bytes without hole or overlap up to the end of the file.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own limit; a real header of the 7B checkpoint is about 100 kB.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    public static Dictionary<string, TensorEntry> Read(string path, SafeFileHandle handle)
    {
        var fileLength = RandomAccess.GetLength(handle);
        var prefix = new byte[8];
        if (fileLength < 8 || RandomAccess.Read(handle, prefix, 0) < 8)
        {
            throw Invalid(path, $"has {fileLength} bytes, fewer than the 8 of a safetensors header length");
        }

        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength is < 2 or > MaxHeaderBytes)
        {
            throw Invalid(
                path,
                $"declares a header of {headerLength} bytes at byte 0 (allowed: 2 to {MaxHeaderBytes}); "
                + "it is damaged or not a safetensors file");
        }

        if (8 + (long)headerLength > fileLength)
        {
            throw Invalid(path, $"declares a header of {headerLength} bytes but ends at byte {fileLength}: the file is truncated");
        }

        var header = new byte[headerLength];
        for (var read = 0; read < header.Length;)
        {
            var count = RandomAccess.Read(handle, header.AsSpan(read), 8 + read);
            if (count == 0)
            {
                throw Invalid(path, $"ends at byte {8 + read} inside its header: the file was cut short while it was read");
            }

            read += count;
        }

        var tensors = Parse(path, header, 8 + (long)headerLength);
        CheckLayout(path, tensors.Values, 8 + (long)headerLength, fileLength);
        return tensors;
    }

    private static Dictionary<string, TensorEntry> Parse(string path, byte[] header, long dataStart)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    continue;
                }

                if (!tensors.TryAdd(property.Name, ParseEntry(path, property, dataStart)))
                {
                    throw Invalid(path, $"lists tensor '{property.Name}' twice in its header");
                }
            }

            return tensors;
        }
        catch (JsonException e)
        {
            throw Invalid(
                path,
                $"has a header that is not JSON (byte {8 + (e.BytePositionInLine ?? 0)}): "
                + "it is damaged or not a safetensors file",
                e);
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(path, "has a header that is not a JSON object of tensors: it is damaged or not a safetensors file", e);
        }
    }

    private static TensorEntry ParseEntry(string path, JsonProperty property, long dataStart)
    {
        var value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2
            || !offsets[0].TryGetInt64(out var begin) || !offsets[1].TryGetInt64(out var end))
        {
            throw Invalid(path, $"has no usable dtype, shape and data_offsets for tensor '{property.Name}' in its header");
        }

        var dims = new List<long>();
        foreach (var element in shape.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var dim) || dim < 0)
            {
                throw Invalid(path, $"gives tensor '{property.Name}' the shape {shape.GetRawText()}, which is none");
            }

            dims.Add(dim);
        }

        if (begin < 0 || end < begin)
        {
            throw Invalid(path, $"places tensor '{property.Name}' at bytes {begin} to {end}, which is no range");
        }

        var name = dtype.GetString()!;
        var stored = name switch
        {
            "F32" => StoredDtype.F32,
            "F16" => StoredDtype.F16,
            "BF16" => StoredDtype.BF16,
            "I64" => StoredDtype.I64,
            _ => StoredDtype.Other,
        };
        return new TensorEntry(property.Name, stored, name, [.. dims], dataStart + begin, end - begin);
    }

    private static void CheckLayout(string path, IEnumerable<TensorEntry> tensors, long dataStart, long fileLength)
    {
        var expectedStart = dataStart;
        foreach (var entry in tensors.OrderBy(t => t.Offset).ThenBy(t => t.ByteCount))
        {
            if (entry.Offset + entry.ByteCount > fileLength)
            {
                throw Invalid(
                    path,
                    $"ends at byte {fileLength}, but tensor '{entry.Name}' "
                    + $"reaches to byte {entry.Offset + entry.ByteCount}: the file is truncated");
            }

            if (entry.Offset < expectedStart)
            {
                throw Invalid(
                    path,
                    $"has overlapping tensors: '{entry.Name}' starts at byte {entry.Offset}, "
                    + $"before the previous one ends at byte {expectedStart}");
            }

            if (entry.Offset > expectedStart)
            {
                throw Invalid(
                    path,
                    $"has a hole of {entry.Offset - expectedStart} bytes "
                    + $"before tensor '{entry.Name}' at byte {entry.Offset}");
            }

            CheckLength(path, entry);
            expectedStart = entry.Offset + entry.ByteCount;
        }

        if (expectedStart != fileLength)
        {
            throw Invalid(path, $"has {fileLength - expectedStart} bytes after its last tensor, from byte {expectedStart} on");
        }
    }

    private static void CheckLength(string path, TensorEntry entry)
    {
        if (entry.ElementSize == 0)
        {
            return;
        }

        // 128 bits: absurd dimensions must not wrap around to a plausible length.
        var bytes = entry.Shape.Aggregate((Int128)entry.ElementSize, (product, dim) => product > long.MaxValue ? product : product * dim);
        if (bytes != entry.ByteCount)
        {
            throw Invalid(
                path,
                $"gives tensor '{entry.Name}' {entry.ByteCount} bytes, "
                + $"but {entry.DtypeName} of shape [{string.Join(", ", entry.Shape)}] takes {bytes}");
        }
    }

    private static FailureException Invalid(string path, string what, Exception? inner = null) =>
        new(FailureKind.CheckpointInvalid, $"The checkpoint file '{path}' {what}.", inner);
}
