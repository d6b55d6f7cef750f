using System.Text.Json;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests.Hub;

/// <summary>A model that a test's hub serves, and the site's manifest that names it.</summary>
internal static class PlantModel
{
    public const string Name = "plant-model";
    public const string Decoder = "onnx/decoder_model_merged.onnx";
    public const string DecoderFp16 = "onnx/decoder_model_merged_fp16.onnx";
    public const int DecoderBytes = 900_000;

    public static readonly string[] Graphs = ["onnx/vision_encoder.onnx", "onnx/embed_tokens.onnx", Decoder];

    /// <summary>Files with a model directory's names; their content is not looked at by the commands under test.</summary>
    public static void AddTo(LocalHub hub)
    {
        hub.Files["LICENSE"] = "Apple Machine Learning Research Model License (a test's copy)\n"u8.ToArray();
        hub.Add("config.json", 700);
        hub.Add("tokenizer.json", 20_000);
        hub.Add("onnx/vision_encoder.onnx", 300_000);
        hub.Add("onnx/embed_tokens.onnx", 50_000);
        hub.Add(Decoder, DecoderBytes);
        hub.Add(DecoderFp16, 400_000);
    }

    /// <summary>Writes the manifest into the home's catalogue.</summary>
    public static void AddTo(TempDirectory home, bool mustAccept = true)
    {
        var manifest = new
        {
            name = Name,
            title = "A model of the plant",
            kind = "onnxGraphs",
            repository = LocalHub.Repository,
            licence = mustAccept ? "apple-amlr (research only)" : "MIT",
            licenceNotice = "For research only.",
            licenceFile = "LICENSE",
            mustAcceptLicence = mustAccept,
            files = (string[])["config.json", "tokenizer.json"],
            optionalFiles = (string[])["LICENSE", "generation_config.json"],
            defaultDtype = "fp32",
            dtypes = new[]
            {
                new { dtype = "fp32", files = Graphs, really = "fp32" },
                new { dtype = "mixed", files = (string[])[Graphs[0], Graphs[1], DecoderFp16], really = "fp32 with an fp16 decoder" },
            },
        };
        Directory.CreateDirectory(home.File("catalogue"));
        File.WriteAllText(home.File($"catalogue/{Name}.json"), JsonSerializer.Serialize(manifest));
    }
}
