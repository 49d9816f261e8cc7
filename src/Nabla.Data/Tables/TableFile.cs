namespace Nabla;

/// <summary>A table as samples.</summary>
/// <param name="Features">The samples: images, or rows with a <see cref="Features.Schema"/>.</param>
/// <param name="Targets">What is to be answered; null where the table does not have it.</param>
/// <param name="Rows">The row of each sample, from 0: without those that were left out.</param>
/// <param name="RowCount">Rows of the file.</param>
/// <param name="HasHeader">Whether the first line has names.</param>
/// <param name="Separator">What separates cells.</param>
/// <param name="HasCommas">Whether numbers have decimal commas.</param>
/// <param name="Notes">What was guessed and left out.</param>
internal sealed record TableData(Features Features, Targets? Targets, int[] Rows, int RowCount, bool HasHeader, char Separator, bool HasCommas, IReadOnlyList<string> Notes)
{
    /// <summary>With targets.</summary>
    public DataSet ToDataSet() => new(Features, Targets!);
}

/// <summary>Makes samples of the columns of a table.</summary>
internal sealed class TableFile
{
    private readonly TableColumns _columns;
    private readonly DataFileOptions _options;
    private readonly List<string> _notes = [];
    private int[] _rows = [];

    private TableFile(TableColumns columns, DataFileOptions options) => (_columns, _options) = (columns, options);

    /// <summary>Reads a table: with the columns of <see cref="DataFileOptions.Schema"/>, or with those that it turns out to have.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="options">What is known about it.</param>
    /// <param name="needsAnswers">Whether a table without labels or targets is an error.</param>
    /// <exception cref="ArgumentException">An option names a column that is not there, or one that is no such.</exception>
    /// <exception cref="MalformedFileException">The contents are no such table.</exception>
    public static TableData Read(string path, DataFileOptions options, bool needsAnswers)
    {
        if (options is { Label: not null, Target: not null })
        {
            throw new ArgumentException("--target: found --label beside it, expected one of them: a class, or a number for a regression.");
        }
        ClassCount.Check(options.ClassCount);
        TableFile file = new(new TableColumns(path, TableReader.Read(path, options.Schema)), options);
        return options.Schema is { } schema ? file.ForModel(schema, needsAnswers) : file.Own(needsAnswers);
    }

    /// <summary>As what it turns out to be.</summary>
    private TableData Own(bool needsAnswers)
    {
        TableCells cells = _columns.Cells;
        int[] skipped = [.. (_options.Skip ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => _columns.Find(text, "--skip"))];
        int? index = TableRoles.IndexColumn(_columns);
        int[] empty = [.. Enumerable.Range(0, _columns.Count).Where(column => _columns.Present[column] == 0)];
        int[] candidates = [.. Enumerable.Range(0, _columns.Count).Except(skipped).Except(empty).Where(column => column != index)];
        TableRoles.Answer? answer = TableRoles.FindAnswer(_columns, candidates, _options, needsAnswers);
        int[] features = [.. candidates.Where(column => column != answer?.Column)];
        if (features.Length == 0)
        {
            throw _columns.HeaderFault(Math.Min(_columns.Count, 1), $"found no column {(answer is null ? "with numbers or words" : $"beside {_columns.Show(answer.Column)}, which is to be answered")}, expected features; separate cells with commas, semicolons, tabs, vertical bars or blanks.");
        }
        if (cells.Layout is { NamesAreNumbers: true, Names: { } names })
        {
            _notes.Add(FormattableString.Invariant($"line {cells.Layout.FirstLine} is a header of numbers ({string.Join(", ", names.Take(4))}{(names.Length > 4 ? ", …" : "")}), not a row"));
        }
        if (index is int passedOver && !skipped.Contains(passedOver) && passedOver != answer?.Column)
        {
            _notes.Add($"{_columns.Show(passedOver)} numbers the rows: passed over");
        }
        if (empty.Length > 0)
        {
            _notes.Add($"nothing in {_columns.Show(empty)}: passed over");
        }
        AddNotesOfText();
        bool isImages = TableRoles.AreImages(_columns, features);
        _rows = KeptRows(answer is null ? features : [.. features, answer.Column]);
        Targets? targets = answer is null ? null : answer.IsTarget ? Numbers(answer.Column) : Labels(answer.Column, areOfImages: isImages);
        if (isImages)
        {
            if (answer is { IsObvious: false, IsTarget: false })
            {
                _notes.Add($"label: {_columns.Show(answer.Column)}; the other {features.Length} columns are images of {SampleLimits.ShapeOf(features.Length)}");
            }
            return Data(Images(features), targets);
        }
        TableSchema schema = new()
        {
            Columns = features.Length <= TableSchema.MaxColumns ? [.. features.Select(Describe)] : throw _columns.HeaderFault(TableSchema.MaxColumns, $"found {features.Length} columns, expected at most {TableSchema.MaxColumns}."),
            FileColumns = _columns.Count,
            AnswerName = answer is null ? null : _columns.NameOf(answer.Column),
            AnswerPlace = answer?.Column + 1,
            Answer = answer is null || _columns.IsWords(answer.Column) ? TableAnswer.Words : answer.IsTarget ? TableAnswer.Target : TableAnswer.WholeNumbers,
        };
        if (answer is not null)
        {
            int words = features.Count(_columns.IsWords);
            _notes.Add(FormattableString.Invariant($"{(answer.IsTarget ? "target" : "label")}: {_columns.Show(answer.Column)}; {(targets is ClassLabels labels ? $"{labels.Width} classes; " : "")}{features.Length - words} columns of numbers{(words > 0 ? $" and {words} of words, {schema.FeatureCount} values a row" : "")}"));
        }
        int[] constant = [.. features.Where(_columns.IsConstant)];
        if (constant.Length > 0 && _rows.Length > 1)
        {
            _notes.Add($"the same in every row, so of no use: {_columns.Show(constant)}");
        }
        return Data(Rows(features, schema), targets);
    }

    /// <summary>As a model needs it.</summary>
    private TableData ForModel(TableSchema schema, bool needsAnswers)
    {
        (int[] features, int? answer) = TableRoles.Match(_columns, schema, _options);
        if (answer is null && needsAnswers)
        {
            throw _columns.Fault($"has no column {(schema.AnswerName is string name ? $"\"{name}\"" : "")} with what the model is to answer, expected one to compare with; name it with {(schema.Answer == TableAnswer.Target ? "--target" : "--label")}.");
        }
        if (_columns.Names is not null && schema.HasNames)
        {
            int[] others = [.. Enumerable.Range(0, _columns.Count).Except(features).Where(column => column != answer && column != TableRoles.IndexColumn(_columns))];
            if (others.Length > 0)
            {
                _notes.Add($"not in the table that the model learnt from, so passed over: {_columns.Show(others)}");
            }
        }
        AddNotesOfText();
        _rows = KeptRows(answer is int used && needsAnswers ? [.. features, used] : features);
        Targets? targets = answer is not int column || !needsAnswers ? null : schema.Answer == TableAnswer.Target ? Numbers(column) : Labels(column, areOfImages: false);
        return Data(Rows(features, schema), targets);
    }

    private TableData Data(Features features, Targets? targets)
    {
        TableCells cells = _columns.Cells;
        return new TableData(features, targets, _rows, cells.RowCount, cells.Layout.Names is not null, cells.Layout.Separator, cells.HasCommas, _notes);
    }

    private void AddNotesOfText()
    {
        TableCells cells = _columns.Cells;
        if (cells.Layout.Separator != ',')
        {
            _notes.Add($"{TableDialect.NamesOf(cells.Layout.Separator)} between cells{(cells.HasCommas ? ", decimal commas" : "")}");
        }
        if (cells.Comments > 0)
        {
            _notes.Add(FormattableString.Invariant($"left out {cells.Comments:N0} {(cells.Comments == 1 ? "line that begins" : "lines that begin")} with #"));
        }
    }

    /// <summary>All rows, or those without missing cells.</summary>
    private int[] KeptRows(int[] used)
    {
        int[] all = [.. Enumerable.Range(0, _columns.Cells.RowCount)];
        if (_options.Missing != MissingCells.Drop || Array.TrueForAll(used, column => _columns.Present[column] == all.Length))
        {
            return all;
        }
        int[] holed = [.. used.Where(column => _columns.Present[column] < all.Length)];
        int[] kept = [.. all.Where(row => !Array.Exists(holed, column => float.IsNaN(_columns.Value(row, column))))];
        _notes.Add(FormattableString.Invariant($"left out {all.Length - kept.Length:N0} of {all.Length:N0} rows, which have missing cells"));
        return kept.Length > 0 ? kept : throw _columns.Fault("has a missing cell in every row, expected some without; leave columns out with --skip, or fill cells with --missing mean.");
    }

    /// <summary>A column of the file as a model keeps it.</summary>
    private SchemaColumn Describe(int column)
    {
        string? name = _columns.NameOf(column);
        if (name is not null && (!SchemaColumn.IsName(name) || name.Contains('\ufffd', StringComparison.Ordinal)))
        {
            throw _columns.HeaderFault(column, $"found {TableCell.Show(name)} as a name, expected at most 255 characters of UTF-8 or UTF-16, none of them a control character.");
        }
        if (name is not null && Array.FindIndex(_columns.Names!, other => other == name) is >= 0 and int first && first < column)
        {
            throw _columns.HeaderFault(column, $"found the name {TableCell.Show(name)} as in column {first + 1}, expected another: columns are known by their names.");
        }
        if (_columns.Cells.Words[column] is not { } words)
        {
            return new SchemaColumn { Name = name, Place = column + 1, Missing = _options.Missing switch { MissingCells.Mean => Mean(column), MissingCells.Zero => 0f, _ => null } };
        }
        // Each thing a word of its own.
        const int FewRows = 20;
        if (words.Count > SchemaColumn.MaxCategories || (_rows.Length >= FewRows && words.Count > _rows.Length / 2))
        {
            throw _columns.Fault(FormattableString.Invariant($"{_columns.Show(column)} has {words.Count:N0} different words in {_columns.Cells.RowCount:N0} rows, such as {TableCell.Show(words[0])}, expected categories that come again and at most {SchemaColumn.MaxCategories}; leave it out with --skip {name ?? FormattableString.Invariant($"{column + 1}")}."));
        }
        string[] categories = [.. words.Order(StringComparer.Ordinal)];
        return new SchemaColumn
        {
            Name = name,
            Place = column + 1,
            Categories = categories,
            Missing = _options.Missing switch { MissingCells.Mean => Array.IndexOf(categories, words[Commonest(column)]), MissingCells.Zero => -1, _ => null },
        };
    }

    private float Mean(int column)
    {
        double sum = 0;
        foreach (int row in _rows)
        {
            sum += float.IsNaN(_columns.Value(row, column)) ? 0 : _columns.Value(row, column);
        }
        return (float)(sum / _columns.Present[column]);
    }

    private int Commonest(int column)
    {
        int[] counts = new int[_columns.Cells.Words[column]!.Count];
        foreach (int row in _rows)
        {
            if (_columns.Value(row, column) is float word && !float.IsNaN(word))
            {
                counts[(int)word]++;
            }
        }
        return Array.IndexOf(counts, counts.Max());
    }

    /// <summary>Rows of numbers, words one-hot.</summary>
    /// <param name="features">The column of the file of each column of the schema.</param>
    /// <param name="schema">What becomes of them.</param>
    private FloatFeatures Rows(int[] features, TableSchema schema)
    {
        int width = schema.FeatureCount;
        if ((long)width * _rows.Length > SampleLimits.MaxValues)
        {
            throw _columns.Fault(FormattableString.Invariant($"makes {(long)width * _rows.Length:N0} values, words as categories included, expected at most {SampleLimits.MaxValues:N0}; leave columns out with --skip."));
        }
        int[] holed = [.. Enumerable.Range(0, features.Length).Where(i => schema.Columns[i].Missing is null && _options.Missing != MissingCells.Drop && _columns.Cells.Missing[features[i]] >= 0).Select(i => features[i])];
        if (holed.Length > 0)
        {
            int first = holed.MinBy(column => _columns.Cells.Missing[column]);
            throw Missing(_columns.Cells.Missing[first], first);
        }
        float[] values = new float[width * _rows.Length];
        int start = 0, filled = 0;
        for (int i = 0; i < features.Length; start += schema.Columns[i].Width, i++)
        {
            SchemaColumn known = schema.Columns[i];
            int column = features[i];
            int[]? places = known.Categories is { } categories ? [.. (_columns.Cells.Words[column] ?? []).Select(word => Array.IndexOf([.. categories], word))] : null;
            for (int sample = 0; sample < _rows.Length; sample++)
            {
                int row = _rows[sample];
                float value = _columns.Value(row, column);
                if (float.IsNaN(value))
                {
                    filled++;
                    value = known.Missing!.Value;
                    if (places is null)
                    {
                        values[sample * width + start] = value;
                    }
                    else if (value >= 0)
                    {
                        values[sample * width + start + (int)value] = 1;
                    }
                }
                else if (places is null)
                {
                    values[sample * width + start] = value;
                }
                else
                {
                    int place = places[(int)value];
                    values[sample * width + start + (place >= 0 ? place : throw Unknown(row, column, known))] = 1;
                }
            }
        }
        if (filled > 0)
        {
            _notes.Add(FormattableString.Invariant($"filled {filled:N0} missing {(filled == 1 ? "cell" : "cells")}{(_options.Missing is { } rule ? $" ({(rule == MissingCells.Mean ? "mean of the column, commonest word" : "0, no word")})" : " as in training")}"));
        }
        return new FloatFeatures(values, [width]) { Schema = schema };
    }

    private Features Images(int[] features)
    {
        bool areBytes = true, areWhole = true;
        foreach (int column in features)
        {
            areBytes &= _columns.AreWhole[column] && _columns.Least[column] >= 0 && _columns.Greatest[column] <= byte.MaxValue;
            areWhole &= _columns.AreWhole[column];
        }
        if (_options.Missing != MissingCells.Drop && Array.Exists(features, column => _columns.Cells.Missing[column] >= 0))
        {
            int holed = features.Where(column => _columns.Cells.Missing[column] >= 0).MinBy(column => _columns.Cells.Missing[column]);
            throw _options.Missing is null ? Missing(_columns.Cells.Missing[holed], holed)
                : new ArgumentException($"--missing: {_columns.Show(holed)} is of images, expected drop, which leaves those with missing pixels out.");
        }
        if (areWhole && !areBytes)
        {
            for (int row = 0; row < _columns.Cells.RowCount; row++)
            {
                foreach (int column in features)
                {
                    if (_columns.Value(row, column) is < 0 or > byte.MaxValue)
                    {
                        throw _columns.Fault(row, column, FormattableString.Invariant($"found pixel '{(double)_columns.Value(row, column)}', expected 0 to 255, or fractions in some cells."));
                    }
                }
            }
        }
        return _columns.Cells.Values.ToFeatures(_columns.Count, _rows, features, areBytes, SampleLimits.ShapeOf(features.Length));
    }

    private TargetVectors Numbers(int column)
    {
        float[] targets = new float[_rows.Length];
        for (int sample = 0; sample < targets.Length; sample++)
        {
            targets[sample] = _columns.Value(_rows[sample], column);
            if (float.IsNaN(targets[sample]))
            {
                throw Unanswered(_rows[sample], column);
            }
        }
        return new TargetVectors(targets, 1);
    }

    /// <summary>Classes: words, or whole numbers, which are the classes' names in a table and their numbers with images.</summary>
    private ClassLabels Labels(int column, bool areOfImages)
    {
        int[] labels = new int[_rows.Length];
        List<string>? words = _columns.Cells.Words[column];
        int greatest = (_options.ClassCount ?? ClassCount.Maximum) - 1;
        bool areNumbers = words is null && (areOfImages || _options.ClassCount is not null);
        for (int sample = 0; sample < labels.Length; sample++)
        {
            int row = _rows[sample];
            float value = _columns.Value(row, column);
            if (float.IsNaN(value))
            {
                throw Unanswered(row, column);
            }
            // Beyond that floats are no longer every whole number.
            const float MaxWhole = 1 << 24;
            if (words is null && (value != MathF.Floor(value) || (areNumbers ? value < 0 || value > greatest : MathF.Abs(value) >= MaxWhole)))
            {
                throw _columns.Fault(row, column, FormattableString.Invariant($"found label '{(double)value}', expected a whole number{(areNumbers ? $" of 0 to {greatest}" : "; for a regression give the column as --target")}."));
            }
            labels[sample] = (int)value;
        }
        if (areNumbers)
        {
            return new ClassLabels(labels, ClassCount.Of(_options.ClassCount, labels));
        }
        int[] classes = [.. labels.Distinct()];
        if (words is null)
        {
            Array.Sort(classes);
        }
        else
        {
            Array.Sort([.. classes.Select(word => words[word])], classes, StringComparer.Ordinal);
        }
        if (classes.Length > ClassCount.Maximum || (classes.Length == labels.Length && labels.Length >= TableRoles.FewRows))
        {
            throw _columns.Fault(FormattableString.Invariant($"{_columns.Show(column)} has {classes.Length:N0} different labels in {labels.Length:N0} rows, expected classes that come again and at most {ClassCount.Maximum}; name another column with --label{(words is null ? ", or give this one as --target for a regression" : "")}."));
        }
        if (_options.ClassCount < classes.Length)
        {
            throw _columns.Fault($"{_columns.Show(column)} has {classes.Length} different labels, expected at most {_options.ClassCount}.");
        }
        Dictionary<int, int> numbers = classes.Select((label, place) => (label, place)).ToDictionary(pair => pair.label, pair => pair.place);
        return new ClassLabels(
            Array.ConvertAll(labels, label => numbers[label]), _options.ClassCount ?? classes.Length, [.. classes.Select(label => words is null ? FormattableString.Invariant($"{label}") : words[label])]);
    }

    private MalformedFileException Missing(int row, int column) => _columns.Fault(row, column,
        $"found no value in {_columns.Show(column)}, expected {(_columns.IsWords(column) ? "a word" : "a number")}; {(_options.Schema is null ? "--missing mean or --missing zero fills such cells, --missing drop leaves their rows out" : "the model has not learnt what it counts as (train it with --missing mean or zero); --missing drop leaves such rows out")}.");

    private MalformedFileException Unanswered(int row, int column) =>
        _columns.Fault(row, column, $"found no value in {_columns.Show(column)}, which is to be answered; fill it in, or leave such rows out with --missing drop.");

    private MalformedFileException Unknown(int row, int column, SchemaColumn known) => _columns.Fault(row, column,
        $"found {TableCell.Show(_columns.Cells.Words[column]![(int)_columns.Value(row, column)])} in {_columns.Show(column)}, expected one of the {known.Categories!.Count} words that the model learnt from: {string.Join(", ", known.Categories.Take(8))}{(known.Categories.Count > 8 ? ", …" : "")}.");
}
