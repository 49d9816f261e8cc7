namespace Nabla.Tests.Data;

public sealed class DataSetTests
{
    [Fact]
    public void Appended_samples_follow_the_first()
    {
        DataSet all = SyntheticDigits.Generate(30, 1);
        DataSet joined = all.Slice(0, 12).Append(all.Slice(12, 18));
        Assert.Equal(((ByteFeatures)all.Features).Values, ((ByteFeatures)joined.Features).Values);
        Assert.Equal(((ClassLabels)all.Targets).Values, ((ClassLabels)joined.Targets).Values);

        DataSet vectors = DataSet.OfVectors([1, 2, 3, 4], [2], [5, 6], 1).Append(DataSet.OfVectors([7, 8], [2], [9], 1));
        Assert.Equal([1, 2, 3, 4, 7, 8], ((FloatFeatures)vectors.Features).Values);
        Assert.Equal([5, 6, 9], ((TargetVectors)vectors.Targets).Values);
    }

    [Fact]
    public void Samples_of_another_kind_cannot_be_appended()
    {
        DataSet vectors = DataSet.OfVectors([1, 2], [2], [5], 1);
        Assert.Throws<ArgumentException>(() => vectors.Append(DataSet.OfVectors([1], [1], [5], 1)));
        Assert.Throws<ArgumentException>(() => vectors.Append(DataSet.OfVectors([1, 2], [2], [5, 6], 2)));
        Assert.Throws<ArgumentException>(() => vectors.Append(SyntheticDigits.Generate(1, 1)));
    }

    [Fact]
    public void Every_sample_needs_a_target() => Assert.Throws<ArgumentException>(() => DataSet.OfVectors([1, 2], [1], [5], 1));
}
