using System.CommandLine;
using FastVlm.Embedded.Models;
using FastVlm.Onnx.Prompts;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Commands;

/// <summary>The options by which every command that runs a model chooses it.</summary>
internal static class ModelOptionSet
{
    public static Option<string> Model { get; } = new("--model", "--model-path", "-m")
    {
        Description = "A built-in, pulled or imported model, a model directory, or a checkpoint directory.",
        DefaultValueFactory = _ => ShippedModels.DefaultName,
        HelpName = "NAME|DIR",
    };

    public static Option<string> Device { get; } = new("--device")
    {
        Description = "Where to compute: cpu, cuda:N, coreml or dml.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "DEVICE",
    };

    public static Option<string?> Dtype { get; } = new("--dtype")
    {
        Description = "Precision: fp32, fp16, int8, int4 (a checkpoint is exported so), or a suffix of public files such as q4f16.",
        HelpName = "DTYPE",
    };

    public static Option<bool> Load4Bit { get; } = new("--load-4bit", "--load_4bit")
    {
        Description = "The same as --dtype int4.",
    };

    public static Option<string> ConversationMode { get; } = new("--conv-mode", "--conv_mode")
    {
        Description = "Conversation template: qwen_2, or plain.",
        DefaultValueFactory = _ => ChatTemplate.Qwen2.Name,
        HelpName = "MODE",
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Model);
        command.Options.Add(Device);
        command.Options.Add(Dtype);
        command.Options.Add(Load4Bit);
        command.Options.Add(ConversationMode);
    }

    /// <exception cref="FailureException">Options contradict each other.</exception>
    public static ModelChoice Read(ParseResult parsed)
    {
        var dtype = parsed.GetValue(Dtype);
        if (parsed.GetValue(Load4Bit))
        {
            dtype = dtype is null or "int4"
                ? "int4"
                : throw new FailureException(FailureKind.Usage,
                    $"--load-4bit and --dtype {dtype} contradict each other; give one of them.");
        }

        return new ModelChoice
        {
            NameOrFolder = parsed.GetRequiredValue(Model),
            Device = parsed.GetRequiredValue(Device),
            Dtype = dtype,
            Template = ChatTemplate.Named(parsed.GetRequiredValue(ConversationMode)),
        };
    }
}
