using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Embedded.Models;

/// <summary>
/// Starts ONNX Runtime where a long command line cannot kill the process: version 1.29 matches /proc/self/cmdline with a
/// regular expression that recurses at each character, and a prompt of 40,000 characters overflows an ordinary stack.
/// </summary>
internal static class OnnxRuntimeStart
{
    // Measured: an 8 MB stack overflows at between 30,000 and 40,000 characters, i.e. a little over 200 bytes each.
    private const int StackBytesPerCharacter = 512;
    private const int StackBytesMin = 1 << 20;

    // Shorter ones fit any stack.
    private const int CharactersHarmless = 8 * 1024;

    public static void Prepare()
    {
        var characters = Environment.CommandLine.Length;
        if (characters <= CharactersHarmless)
        {
            return;
        }

        var thread = new Thread(() => OrtEnv.Instance(), StackBytesMin + (StackBytesPerCharacter * characters));
        thread.Start();
        thread.Join();
    }
}
