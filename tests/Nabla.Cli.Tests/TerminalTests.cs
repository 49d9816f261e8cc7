using System.Text;
using System.Text.RegularExpressions;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>What is seen in terminals of several widths, in one that knows no commands, and in a pipe.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(26)]
    [InlineData(100)]
    public void Nothing_is_cut_in_a_pipe(int classes)
    {
        TrainOnClasses(classes);
        (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "run");
        Assert.True(code == 0, error);
        Assert.DoesNotContain('…', output);
        string[] lines = output.Split('\n');
        int heading = Array.FindIndex(lines, line => line.StartsWith("Confusion matrix", StringComparison.Ordinal)) + 2;
        Assert.Equal(Enumerable.Range(0, classes).Select(label => $"{label}"), lines[heading].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(Enumerable.Range(0, classes), row => Assert.Equal(classes + 1, lines[heading + 2 + row].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public void A_terminal_that_is_too_narrow_for_a_table_is_said_to_be()
    {
        TrainOnClasses(26);
        (int code, string output) = NablaProcess.RunInTerminal(_folder, 50, "xterm", "evaluate", "run");
        Assert.True(code == 0, output);
        Assert.DoesNotContain('…', output);
        Assert.Contains("The confusion matrix needs 71 columns, and the terminal has 50; make it wider, or pipe the output into 'less -S'.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("(rows: actual", output, StringComparison.Ordinal);
        Assert.Matches(@"class +images +precision +recall +F1", output);
        Assert.Equal(26, Screen(output, 50).Count(line => Regex.IsMatch(line, @"^ *\d+ +\d+ +[\d.]+% +[\d.]+% +[\d.]+%$")));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(130)]
    public void A_training_leaves_whole_lines_in_a_terminal(int columns)
    {
        SmallDigits.Write(_folder["digits"]);
        (int code, string output) = NablaProcess.RunInTerminal(_folder, columns, "xterm", "train", "dense", "--data", "digits", "--epochs", "20", "--out", "run");
        Assert.True(code == 0, output);
        string[] lines = Screen(output, columns);
        Assert.Equal(20, lines.Count(line => line.StartsWith("Epoch ", StringComparison.Ordinal)));
        Assert.All(lines.SkipWhile(line => !line.StartsWith("Epoch ", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("Test", StringComparison.Ordinal)), line => Assert.Matches(EpochLine(), line));
    }

    [Fact]
    public void A_terminal_without_commands_gets_none()
    {
        SmallDigits.Write(_folder["digits"]);
        foreach (string command in new[] { "train --data digits --epochs 3 --out run", "show run --count 1", "evaluate run", "data" })
        {
            (int code, string output) = NablaProcess.RunInTerminal(_folder, 80, "dumb", command.Split(' '));
            Assert.True(code == 0, output);
            Assert.DoesNotContain('\e', output);
        }
    }

    [Fact]
    public void Recipes_are_read_in_a_narrow_terminal()
    {
        (int code, string output) = NablaProcess.RunInTerminal(_folder, 30, "xterm", "recipes");
        Assert.Equal(0, code);
        string[] lines = Screen(output, 30);
        Assert.Contains("relu-dropout-400-minibatch", lines);
        Assert.Contains("  What 'nabla train' does with", lines);
    }

    [Fact]
    public void Examples_are_read_in_a_narrow_terminal()
    {
        (_, string output) = NablaProcess.RunInTerminal(_folder, 50, "xterm", "data", "--help");
        string[] lines = Screen(output, 50);
        Assert.Contains("  nabla data fetch", lines);
        Assert.Contains("    download MNIST", lines);
        Assert.Contains("  nabla data fetch                              download MNIST", NablaProcess.Run(_folder, "data", "--help").Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(Epoch +\d+/20  loss \d+\.\d{4}(  validation \d+\.\d\d%)?|  validation \d+\.\d\d%)$")]
    private static partial Regex EpochLine();

    /// <summary>Classes that can be told apart by their pixels.</summary>
    private void TrainOnClasses(int classes)
    {
        StringBuilder csv = new("label," + string.Join(',', Enumerable.Range(0, 36).Select(pixel => $"pixel{pixel}")) + "\n");
        NumPyRandom random = new(1);
        int[][] centers = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, 36).Select(_ => (int)(random.NextDouble() * 200)).ToArray())];
        for (int sample = 0; sample < 20 * classes; sample++)
        {
            csv.Append($"{sample % classes},").AppendJoin(',', centers[sample % classes].Select(center => center + (int)(random.NextDouble() * 50))).Append('\n');
        }
        File.WriteAllText(_folder["classes.csv"], csv.ToString());
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "classes.csv", "--epochs", "10", "--out", "run");
        Assert.True(code == 0, error);
    }

    /// <summary>What a terminal shows in the end, of what the program sends: text, line ends, and the few commands that progress bars need.</summary>
    private static string[] Screen(string output, int columns)
    {
        List<char[]> rows = [[.. Enumerable.Repeat(' ', columns)]];
        int row = 0, column = 0;
        foreach (Match match in Sent().Matches(output))
        {
            string sent = match.Value;
            int count = int.TryParse(match.Groups[1].Value, out int number) ? number : 0;
            if (sent[0] == '\e')
            {
                if (sent[^1] == 'A')
                {
                    row = Math.Max(0, row - Math.Max(1, count));
                }
                else if (sent[^1] == 'K')
                {
                    Array.Fill(rows[row], ' ', count == 2 ? 0 : column, columns - (count == 2 ? 0 : column));
                }
            }
            else if (sent[0] == '\r')
            {
                column = 0;
            }
            else
            {
                if (sent[0] == '\n' || column == columns)
                {
                    row++;
                    column = sent[0] == '\n' ? column : 0;
                }
                while (rows.Count <= row)
                {
                    rows.Add([.. Enumerable.Repeat(' ', columns)]);
                }
                if (sent[0] != '\n')
                {
                    rows[row][column++] = sent[0];
                }
            }
        }
        return [.. rows.Select(cells => new string(cells).TrimEnd())];
    }

    [GeneratedRegex(@"\e\[\??(\d*)[\d;]*[A-Za-z]|[\s\S]")]
    private static partial Regex Sent();
}
