using System.Runtime.InteropServices;
using FastVlm.Pipeline;

namespace FastVlm.Video.Jpeg;

/// <summary>The part of libturbojpeg 2 and 3 that we call (its C interface of version 2, which both have).</summary>
internal static partial class TurboJpeg
{
    public const int PixelFormatRgb = 0;
    public const int Subsampling420 = 2;

    /// <summary>The buffer is ours and large enough: the library must not allocate another.</summary>
    public const int NoReallocation = 1024;

    private const string Library = "turbojpeg";

    private static readonly string[] FileNames =
    [
        "libturbojpeg.so.0", "libturbojpeg.0.dylib", "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
        "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib", "turbojpeg.dll", "libturbojpeg.dll", "libturbojpeg",
    ];

    private static readonly Lazy<nint> Loaded = new(() =>
    {
        var handle = Find(FileNames);
        NativeLibrary.SetDllImportResolver(
            typeof(TurboJpeg).Assembly, (name, _, _) => name == Library ? handle : IntPtr.Zero);
        return handle;
    });

    /// <summary>Loads the library; to be called before any other method here.</summary>
    /// <exception cref="FailureException">ToolMissing, with what to install.</exception>
    public static void Load() => _ = Loaded.Value;

    /// <summary>The first of the names that the system's loader knows.</summary>
    /// <exception cref="FailureException">ToolMissing: it knows none.</exception>
    internal static nint Find(IEnumerable<string> fileNames)
    {
        foreach (var name in fileNames)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        throw new FailureException(
            FailureKind.ToolMissing,
            "The library libturbojpeg, which writes JPEG pictures, is not installed; on Debian and Ubuntu run: "
            + "apt-get install -y --no-install-recommends libturbojpeg0 (macOS: brew install jpeg-turbo).");
    }

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    public static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    /// <summary>Bytes that a picture takes at most; all ones where the size is out of range.</summary>
    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    public static partial CULong BufferSize(int widthPx, int heightPx, int subsampling);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    public static unsafe partial int Compress(
        nint handle, byte* source, int widthPx, int pitchBytes, int heightPx, int pixelFormat,
        byte** jpeg, ref CULong jpegSize, int subsampling, int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    public static partial nint InitDecompress();

    /// <summary>Reads a picture's size; not 0 where it is no JPEG.</summary>
    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    public static unsafe partial int ReadHeader(
        nint handle, byte* jpeg, CULong jpegBytes, out int widthPx, out int heightPx, out int subsampling, out int colorSpace);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    public static unsafe partial int Decompress(
        nint handle, byte* jpeg, CULong jpegBytes, byte* pixels, int widthPx, int pitchBytes, int heightPx, int pixelFormat, int flags);

    /// <summary>A text that belongs to the handle.</summary>
    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    public static partial nint LastError(nint handle);
}
