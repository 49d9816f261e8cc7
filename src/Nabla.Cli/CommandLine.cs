using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text;
using Nabla.Cli.Commands;
using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>The nabla command: its subcommands, and how errors reach the user as one line.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        // Windows consoles start with an old code page that has neither → nor half blocks.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        PlainText.GuardConsole();
        RootCommand root = Build();
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        string? unknown = UnknownOption(parsed) ?? (parsed.UnmatchedTokens is [string first, ..] ? first : null);
        string? empty = EmptyValue(parsed);
        if (parsed.Errors.Count > 0 || unknown is not null || empty is not null)
        {
            string command = CommandName(parsed);
            string message = unknown is not null ? $"'{unknown}' is not a command, option or argument that '{command}' knows{Suggestion(parsed, unknown)}"
                : empty is not null ? $"{empty}: found '', expected a value."
                : parsed.Errors[0].Message;
            return Fail(command, $"{message} See '{command} --help'.", ExitCode.Usage);
        }
        try
        {
            // Ctrl-C is the commands' own business: training ends its batch and saves what it has.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException)
        {
            return Fail(CommandName(parsed), "stopped.", ExitCode.Interrupted);
        }
        catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException
            or TrainingDivergedException or ArgumentException)
        {
            return Fail(CommandName(parsed), MessageOf(exception), ExitCode.Failure);
        }
        catch (OutOfMemoryException)
        {
            return Fail(CommandName(parsed), "there is not enough memory for this; take smaller layers, smaller batches or less data.", ExitCode.Failure);
        }
#pragma warning disable CA1031 // The last line of defence: a mistake of ours must not spill a stack trace over the user.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(CommandName(parsed), $"a mistake in Nabla itself ({exception.GetType().Name}: {exception.Message}); please report it with the command that you gave.", ExitCode.Failure);
        }
    }

    private static RootCommand Build()
    {
        RootCommand root = new("Train small neural networks, see how good they are, and use them.")
        {
            new TrainCommand(),
            new EvaluateCommand(),
            new PredictCommand(),
            new ReadCommand(),
            new ShowCommand(),
            new PageCommand(),
            new PlotCommand(),
            new ReportCommand(),
            new CompareCommand(),
            new EnsembleCommand(),
            new ExportCommand(),
            new ImportCommand(),
            new DataCommand(),
            new RecipesCommand(),
            new ReproduceCommand(),
            new SweepCommand(),
            new StudyCommand(),
            new ServeCommand(),
        };
        root.HelpName = "nabla";
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }
        // Without a subcommand, say what there is.
        root.SetAction(_ => root.Parse(["--help"]).Invoke());
        return root;
    }

    /// <summary>An option that there is not; the parser would take it for the argument of a command that takes one.</summary>
    private static string? UnknownOption(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value;

    /// <summary>What was probably meant, and the end of the sentence.</summary>
    private static string Suggestion(ParseResult parsed, string unknown)
    {
        Command command = parsed.CommandResult.Command;
        string[] candidates = unknown.StartsWith('-') ? [.. command.Options.Select(option => option.Name)] : [.. command.Subcommands.Select(sub => sub.Name)];
        return Spelling.Misspelt(unknown, candidates) is string meant ? $"; did you mean '{meant}'?" : ".";
    }

    /// <summary>The option or argument that was given a value of nothing, as a script does whose variable is not set.</summary>
    private static string? EmptyValue(ParseResult parsed) => parsed.CommandResult.Children
        .FirstOrDefault(result => result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        _ => null,
    };

    /// <summary>The words up to the command that was meant: <c>nabla data show</c>.</summary>
    private static string CommandName(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            names.Insert(0, result is CommandResult { Command: not RootCommand } command ? command.Command.Name : "nabla");
        }
        return string.Join(' ', names);
    }

    /// <summary>The message alone: .NET adds the name of the parameter, which is nothing to the user.</summary>
    internal static string MessageOf(Exception exception) =>
        exception is ArgumentException { ParamName: string name } ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;

    private static int Fail(string command, string message, int code)
    {
        try
        {
            PlainText.Error.WriteLine($"{command}: {message.ReplaceLineEndings(" ")}");
        }
        catch (IOException)
        {
            // There is nobody left to tell; the code still says it.
        }
        return code;
    }
}

/// <summary>What the process tells the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Files, data or the training itself failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Stopped before its end by whoever owns the machine, and can go on: EX_TEMPFAIL, by which schedulers are told to try again.</summary>
    public const int Preempted = 75;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells expect.</summary>
    public const int Interrupted = 130;
}
