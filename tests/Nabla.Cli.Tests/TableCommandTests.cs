using System.Globalization;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Tables as people have them, from training to the answers beside the rows.</summary>
public sealed class TableCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Three kinds of flowers, as in ../shared/cases/iris-like.csv.</summary>
    private static string[] Flowers()
    {
        NumPyRandom random = new(11);
        double[] centre = [5, 3.4, 1.5, 0.3], step = [0.8, -0.2, 2, 0.9];
        string[] names = ["alpha", "beta", "gamma"];
        string[] rows = [.. Enumerable.Range(0, 150).Select(i => string.Join(',', centre.Select((value, k) => random.NextNormal(value + i % 3 * step[k], 0.3).ToString("F1", CultureInfo.InvariantCulture)).Append(names[i % 3])))];
        return ["length_a,width_a,length_b,width_b,species", .. rows];
    }

    [Fact]
    public void A_table_simply_trains_and_its_rows_are_answered()
    {
        string[] lines = Flowers();
        File.WriteAllLines(_folder["iris.csv"], lines);
        string output = Run("train", "iris.csv", "--out", "run");
        Assert.Contains("label: column 5 \"species\"; 3 classes; 4 columns of numbers\n", output, StringComparison.Ordinal);
        Assert.Contains("Recipe: table\n", output, StringComparison.Ordinal);
        Assert.Contains("135 rows to train and validate on, 15 to test on", output, StringComparison.Ordinal);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.Equal(["alpha", "beta", "gamma"], network.ClassNames!);
        Assert.Equal(["length_a", "width_a", "length_b", "width_b"], network.Schema!.Columns.Select(column => column.Name!));
        Assert.NotNull(network.Preprocessing.Standardization);
        Assert.True(network.Training!.TestAccuracy > 0.8);
        Assert.Contains("the tenth that was set aside for testing", Run("evaluate", "run"), StringComparison.Ordinal);

        // The same flowers in another order of columns, with semicolons and decimal commas.
        string[] turned = ["id;width_b;length_b;width_a;length_a", .. lines[1..].Select((line, i) => $"{i * 7};" + string.Join(';', line.Split(',')[..4].Reverse()).Replace('.', ','))];
        File.WriteAllLines(_folder["new.csv"], turned);
        (int code, output, string error) = NablaProcess.Run(_folder, "predict", "run", "new.csv", "--out", "answers.csv");
        Assert.True(code == 0, error);
        Assert.Equal("Wrote answers.csv: 150 answers\n", output.ReplaceLineEndings("\n"));
        string[] answers = File.ReadAllLines(_folder["answers.csv"]);
        Assert.Equal(turned[0] + ";prediction;confidence", answers[0]);
        int right = 0;
        for (int i = 1; i < answers.Length; i++)
        {
            Assert.StartsWith(turned[i] + ";", answers[i], StringComparison.Ordinal);
            Assert.Matches(@";(alpha|beta|gamma);[01],\d{4}$", answers[i]);
            right += answers[i].Contains($";{lines[i].Split(',')[4]};", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.InRange(right, 140, 150);

        output = Run("predict", "run", "iris.csv");
        Assert.Equal(151, output.TrimEnd().Split('\n').Length);
        Assert.StartsWith($"{lines[0]},prediction,confidence\n{lines[1]},", output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Run("predict", "run", "iris.csv", "--json"));
        Assert.Equal(150, json.RootElement.GetArrayLength());
        Assert.Equal((1, 3), (json.RootElement[0].GetProperty("row").GetInt32(), json.RootElement[0].GetProperty("scores").GetArrayLength()));

        Refused("predict: new.csv: has no column \"length_a\", which the model learnt from; its columns are column 1 \"length_b\", column 2 \"width_b\".", "length_b,width_b\n1,2\n", "predict", "run", "new.csv");
        Refused("predict: new.csv: line 2, column 1: found 'x', expected a number.", "length_a,width_a,length_b,width_b\nx,2,3,4\n", "predict", "run", "new.csv");
        Refused("predict: --views: is for pictures, expected one or more of them and no table; leave it out.", null, "predict", "run", "iris.csv", "--views", "9");
    }

    [Fact]
    public void Numbers_are_answered_by_a_regression_with_a_picture()
    {
        NumPyRandom random = new(4);
        File.WriteAllLines(_folder["house.csv"], ["rooms,age,price", .. Enumerable.Range(0, 200).Select(_ =>
        {
            (double rooms, double age) = (random.NextDouble(), random.NextDouble());
            return FormattableString.Invariant($"{rooms:F2},{age:F2},{250_000 + 30_000 * rooms - 20_000 * age:F0}");
        })]);
        Refused(
            "train: house.csv: does not say which column is to be answered (all columns are numbers); name it: --label NAME for classes, --target NAME for a number. Columns are column 1 \"rooms\", column 2 \"age\", column 3 \"price\".",
            null, "train", "house.csv", "--out", "none");
        string output = Run("train", "house.csv", "--target", "price", "--out", "run");
        Assert.Contains("target: column 3 \"price\"; 2 columns of numbers\n", output, StringComparison.Ordinal);
        Assert.Contains("rows/s", output, StringComparison.Ordinal);
        Assert.Matches(@"Test: mean absolute error [\d.]+, RMSE [\d.]+, R² 0\.9\d+ over 20 test rows after", output);
        Assert.Contains("predictions.png: predicted over true\n", output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder["run/predictions.png"])[..4]);
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(_folder["run/summary.json"]));
        Assert.InRange(summary.RootElement.GetProperty("testRegression").GetProperty("r2").GetDouble(), 0.95, 1);
        Assert.Equal(JsonValueKind.Null, summary.RootElement.GetProperty("testAccuracy").ValueKind);

        using JsonDocument json = JsonDocument.Parse(Run("evaluate", "run", "--json", "--plot", "picture.png"));
        Assert.Equal(summary.RootElement.GetProperty("testRegression").GetProperty("r2").GetDouble(), json.RootElement.GetProperty("regression").GetProperty("r2").GetDouble());
        Assert.True(File.Exists(_folder["picture.png"]));
        Run("plot", "run");
        Assert.Contains("This set-up can learn.", Run("train", "house.csv", "--target", "price", "--check"), StringComparison.Ordinal);

        // In the target's own unit.
        string[] answers = Run("predict", "run", "house.csv").TrimEnd().Split('\n');
        Assert.Equal("rooms,age,price,prediction", answers[0]);
        string[] cells = answers[1].Split(',');
        Assert.Equal(double.Parse(cells[2], CultureInfo.InvariantCulture), double.Parse(cells[3], CultureInfo.InvariantCulture), 3000.0);
    }

    [Fact]
    public void What_has_nothing_to_do_with_the_target_is_no_success()
    {
        NumPyRandom random = new(4);
        File.WriteAllLines(_folder["noise.csv"], ["a,price", .. Enumerable.Range(0, 200).Select(_ => FormattableString.Invariant($"{random.NextDouble():F3},{random.NextNormal():F3}"))]);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "noise.csv", "--target", "price", "--epochs", "30", "--learning-rate", "0.03", "--out", "run");
        Assert.True(code == 1 && error.Contains("the network has learnt nothing: its answers for the test part are no better than always their mean", StringComparison.Ordinal), error);
        Assert.True(File.Exists(_folder["run/model.safetensors"]));
    }

    [Fact]
    public void Missing_cells_are_refused_filled_or_left_out()
    {
        string[] lines = Flowers();
        lines[7] = string.Join(',', lines[7].Split(',').Select((cell, i) => i == 2 ? "" : cell));
        lines[91] = string.Join(',', lines[91].Split(',').Select((cell, i) => i == 0 ? "NA" : cell));
        File.WriteAllLines(_folder["iris.csv"], lines);
        Refused(
            "train: iris.csv: line 8, column 3: found no value in column 3 \"length_b\", expected a number; --missing mean or --missing zero fills such cells, --missing drop leaves their rows out.",
            null, "train", "iris.csv", "--out", "none");
        Refused("train: --missing: found 'guess', expected mean, zero or drop.", null, "train", "iris.csv", "--missing", "guess", "--out", "none");

        Assert.Contains("filled 2 missing cells (mean of the column, commonest word)\n", Run("train", "iris.csv", "--missing", "mean", "--out", "mean"), StringComparison.Ordinal);
        Assert.Contains("the tenth that was set aside for testing", Run("evaluate", "mean"), StringComparison.Ordinal);
        Assert.DoesNotContain(",,", Run("predict", "mean", "iris.csv").Split('\n')[7].Split(',')[5], StringComparison.Ordinal);

        Assert.Contains("left out 2 of 150 rows, which have missing cells\n", Run("train", "iris.csv", "--missing", "drop", "--out", "drop"), StringComparison.Ordinal);
        Refused(
            "predict: iris.csv: line 8, column 3: found no value in column 3 \"length_b\", expected a number; the model has not learnt what it counts as (train it with --missing mean or zero); --missing drop leaves such rows out.",
            null, "predict", "drop", "iris.csv");
        string[] answers = Run("predict", "drop", "iris.csv", "--missing", "drop").Split('\n');
        Assert.EndsWith(",,", answers[7], StringComparison.Ordinal);
        Assert.False(answers[8].EndsWith(",,", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_of_very_different_size_are_remarked_upon()
    {
        File.WriteAllLines(_folder["rare.csv"], ["a,b,class", .. Enumerable.Range(0, 220).Select(i => FormattableString.Invariant($"{i % 17},{i % 5},{(i % 22 == 0 ? "rare" : "usual")}"))]);
        const string Remark = "; --class-weights balanced gives every class the same say.";
        (_, string output, _) = NablaProcess.Run(_folder, "train", "rare.csv", "--epochs", "1", "--out", "run");
        Assert.Contains($"The classes are of very different size: usual has ", output, StringComparison.Ordinal);
        Assert.Contains(Remark, output, StringComparison.Ordinal);
        (_, output, _) = NablaProcess.Run(_folder, "train", "rare.csv", "--epochs", "1", "--class-weights", "balanced", "--out", "other");
        Assert.DoesNotContain(Remark, output, StringComparison.Ordinal);
        Assert.True(Network.Load(_folder["other/model.safetensors"]).Training!.Options.BalanceClasses);
    }

    [Fact]
    public void Pixels_of_another_range_than_the_models_become_its_own()
    {
        DataSet digits = SyntheticDigits.Generate(40, seed: 3);
        byte[][] images = [.. Enumerable.Range(0, digits.Count).Select(row => ((ByteFeatures)digits.Features)[row].ToArray())];
        File.WriteAllLines(_folder["bytes.csv"], images.Select(image => string.Join(',', image)));
        File.WriteAllLines(_folder["floats.csv"], images.Select(image => string.Join(',', image.Select(level => (level / 255f).ToString("R", CultureInfo.InvariantCulture)))));
        (int code, string ofBytes, string error) = NablaProcess.Run(_folder, "predict", "digits-small", "bytes.csv", "--json");
        Assert.True(code == 0, error);
        (code, string ofFloats, error) = NablaProcess.Run(_folder, "predict", "digits-small", "floats.csv", "--json");
        Assert.True(code == 0, error);
        Assert.Equal(Labels(ofBytes), Labels(ofFloats));

        static int[] Labels(string json) => [.. JsonDocument.Parse(json).RootElement.EnumerateArray().Select(row => row.GetProperty("label").GetInt32())];
    }

    [Fact]
    public void Mistakes_are_errors_of_one_line()
    {
        SmallDigits.Write(_folder["idx"], 20, 10);
        File.WriteAllLines(_folder["one.csv"], ["a,b,class", .. Enumerable.Range(0, 30).Select(i => $"{i % 7},{i % 5},same")]);
        Refused("train: All 27 samples to learn from are of one class, same, expected at least two: a network that always gives the same answer would be right; add samples of other classes.", null, "train", "one.csv", "--out", "none");
        Refused("train: --data: found one.csv beside it, which is data, too, and no recipe; give one of them.", null, "train", "one.csv", "--data", "one.csv");
        Refused("train: --label: found it for idx, which is a folder of IDX files; it says nothing about such data, leave it out.", null, "train", "idx", "--label", "1", "--out", "none");
        Refused("train: --label: is for files and folders of one's own, but the data is synthetic; leave it out.", null, "train", "--data", "synthetic", "--label", "1", "--out", "none");
        Refused("train: --label: found 'x', but one.csv has no such column; expected a name or a number from 1 to 3: column 1 \"a\", column 2 \"b\", column 3 \"class\".", null, "train", "one.csv", "--label", "x", "--out", "none");
        Refused("train: --class-weights: found 'x', expected balanced or none. See 'nabla train --help'.", null, "train", "one.csv", "--class-weights", "x");
    }

    [Fact]
    public void The_cases_of_the_shared_folder_do_what_their_list_says()
    {
        string cases = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../../shared/cases"));
        Assert.SkipUnless(Directory.Exists(cases), "Needs the folder ../shared/cases beside the project's.");
        Assert.Matches("Test accuracy (9|100)", Run("train", Path.Combine(cases, "iris-like.csv"), "--out", "iris"));
        Assert.Matches("Test accuracy (9|100)", Run("train", Path.Combine(cases, "semicolon.csv"), "--out", "semicolon"));
        Assert.Contains("R² 0.99", Run("train", Path.Combine(cases, "house-like.csv"), "--target", "price", "--out", "house"), StringComparison.Ordinal);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", Path.Combine(cases, "iris-missing.csv"));
        Assert.Equal(1, code);
        Assert.Contains("line 8, column 3", error, StringComparison.Ordinal);
        Assert.Matches("Test accuracy (8|9|100)", Run("train", Path.Combine(cases, "iris-missing.csv"), "--missing", "drop", "--out", "missing"));
    }

    private string Run(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == 0, error);
        return output.ReplaceLineEndings("\n");
    }

    private void Refused(string message, string? newFile, params string[] arguments)
    {
        if (newFile is not null)
        {
            File.WriteAllText(_folder["new.csv"], newFile);
        }
        (int code, _, string error) = NablaProcess.Run(_folder, arguments);
        Assert.NotEqual(0, code);
        Assert.Equal($"nabla {message}\n", error.ReplaceLineEndings("\n")[^Math.Min(error.Length, message.Length + 7)..]);
    }
}
