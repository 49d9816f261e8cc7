namespace Nabla.Tests;

/// <summary>
/// Draws what a telephone makes of digits on paper: paper of some colour and texture, perhaps ruled or squared, ink of some colour, light from one side, a shadow, a view from aside, blur and
/// noise. All is drawn from a seed.
/// </summary>
internal sealed class Photograph
{
    private readonly float[] _colours;
    private readonly int _width;
    private readonly int _height;
    private Philox _random;

    private Photograph(int width, int height, ulong seed)
    {
        (_width, _height) = (width, height);
        _colours = new float[width * height * 3];
        _random = new Philox(seed, purpose: 77);
    }

    /// <summary>Where a digit is on the page, in pixels of the picture.</summary>
    public readonly record struct Placed(double CenterX, double CenterY, double Side);

    /// <summary>One digit of 28×28 levels somewhere in a picture of a random size.</summary>
    public static Picture OfOne(ReadOnlySpan<byte> digit, ulong seed)
    {
        Philox random = new(seed, purpose: 78);
        int width = 200 + random.NextBelow(500), height = 200 + random.NextBelow(300);
        Photograph photograph = new(width, height, seed);
        double side = Math.Min(width, height) * random.NextUniform(0.3f, 0.8f);
        double room = 0.5 * side + 0.06 * Math.Min(width, height);
        double x = random.NextUniform((float)room, (float)(width - room)), y = random.NextUniform((float)room, (float)(height - room));
        return photograph.Make([digit.ToArray()], [new Placed(x, y, side)], out _);
    }

    /// <summary>Lines of digits, from left to right, with gaps between that vary.</summary>
    /// <param name="lines">For each line its digits, of 28×28 levels.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="places">Receives where they are, line after line.</param>
    public static Picture OfLines(byte[][][] lines, ulong seed, out Placed[] places)
    {
        Philox random = new(seed, purpose: 79);
        int longest = lines.Max(line => line.Length);
        double side = random.NextUniform(56, 110);
        int width = (int)(side * (longest * 0.95 + 1.8)), height = (int)(side * (lines.Length * 1.5 + 0.9));
        List<Placed> placed = [];
        for (int line = 0; line < lines.Length; line++)
        {
            double x = side * random.NextUniform(0.9f, 1.3f), y = side * (1.1 + 1.5 * line);
            foreach (byte[] digit in lines[line])
            {
                // By the digit's own width, as people write: an empty gap of some share of its height.
                (int left, int right) = Columns(digit);
                double scale = side / 28;
                placed.Add(new Placed(x + scale * (14 - left), y + side * random.NextUniform(-0.06f, 0.06f), side));
                x += scale * (right - left) + side * random.NextUniform(0.1f, 0.35f);
            }
        }
        return new Photograph(width, height, seed).Make([.. lines.SelectMany(line => line)], [.. placed], out places);
    }

    private static (int Left, int Right) Columns(byte[] digit)
    {
        int[] inked = [.. Enumerable.Range(0, 28).Where(x => Enumerable.Range(0, 28).Any(y => digit[y * 28 + x] > 60))];
        return (inked[0], inked[^1] + 1);
    }

    private Picture Make(byte[][] digits, Placed[] placed, out Placed[] seen)
    {
        // Paper: a tone near grey, darker or lighter; texture of three sizes.
        float level = _random.NextUniform(150, 250);
        float[] paper = [level + _random.NextUniform(-4, 12), level + _random.NextUniform(-6, 6), level + _random.NextUniform(-18, 6)];
        float[] texture = Texture();
        float[] ink = _random.NextBelow(4) switch
        {
            0 => [_random.NextUniform(10, 50), _random.NextUniform(10, 50), _random.NextUniform(10, 50)],
            1 => [_random.NextUniform(10, 50), _random.NextUniform(20, 70), _random.NextUniform(90, 170)],
            2 => [_random.NextUniform(130, 180), _random.NextUniform(10, 50), _random.NextUniform(10, 50)],
            _ => [_random.NextUniform(60, 95), _random.NextUniform(60, 95), _random.NextUniform(60, 95)],
        };
        float opacity = _random.NextUniform(0.8f, 1);
        int lines = _random.NextBelow(3);
        float spacing = Math.Min(_width, _height) * _random.NextUniform(0.06f, 0.2f), lineWidth = Math.Max(1, Math.Min(_width, _height) * _random.NextUniform(0.002f, 0.005f)), lineShare = _random.NextUniform(0.1f, 0.3f);
        float[] lineColour = _random.NextBelow(2) == 0 ? [100, 140, 210] : [120, 120, 120];

        // From a pixel of the picture to a place on the page: a turn and a slight perspective about the middle.
        double angle = _random.NextUniform(-0.12f, 0.12f), cos = Math.Cos(angle), sin = Math.Sin(angle);
        double tiltX = _random.NextUniform(-0.12f, 0.12f) / _width, tiltY = _random.NextUniform(-0.12f, 0.12f) / _height;
        double lightX = _random.NextUniform(-1, 1), lightY = _random.NextUniform(-1, 1), fall = _random.NextUniform(0, 0.35f);
        bool hasShadow = _random.NextBelow(3) == 0;
        double shadowAngle = _random.NextUniform(0, 6.28f), shadowPlace = _random.NextUniform(-0.4f, 0.4f), shadowDepth = _random.NextUniform(0.1f, 0.35f), shadowEdge = _random.NextUniform(0.03f, 0.15f);

        float[][] sharp = [.. digits.Select(Sharpened)];
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                double u = x + 0.5 - _width / 2.0, v = y + 0.5 - _height / 2.0;
                double depth = 1 + tiltX * u + tiltY * v;
                double pageX = (cos * u - sin * v) / depth + _width / 2.0, pageY = (sin * u + cos * v) / depth + _height / 2.0;
                float line = 0;
                if (lines >= 1 && Math.Abs(pageY / spacing - Math.Round(pageY / spacing)) * spacing < lineWidth / 2)
                {
                    line = lineShare;
                }
                if (lines == 2 && Math.Abs(pageX / spacing - Math.Round(pageX / spacing)) * spacing < lineWidth / 2)
                {
                    line = lineShare;
                }
                float covered = 0;
                for (int i = 0; i < digits.Length; i++)
                {
                    double inX = (pageX - placed[i].CenterX) / placed[i].Side * 28 + 14, inY = (pageY - placed[i].CenterY) / placed[i].Side * 28 + 14;
                    covered = Math.Max(covered, Sample(sharp[i], inX, inY));
                }
                double across = (u * Math.Cos(shadowAngle) + v * Math.Sin(shadowAngle)) / Math.Max(_width, _height);
                double light = 1 - fall * (0.5 + 0.5 * (lightX * u / _width + lightY * v / _height) * 2)
                    - (hasShadow ? shadowDepth / (1 + Math.Exp(-(across - shadowPlace) / shadowEdge * 4)) : 0);
                for (int channel = 0; channel < 3; channel++)
                {
                    float colour = paper[channel] + texture[y * _width + x];
                    colour += line * (lineColour[channel] - colour);
                    colour += covered * opacity * (ink[channel] - colour);
                    _colours[(y * _width + x) * 3 + channel] = (float)(colour * light);
                }
            }
        }
        Blur(_random.NextUniform(0, 1.6f));
        float grain = _random.NextUniform(1, 7);
        byte[] pixels = new byte[_width * _height * Picture.Channels];
        for (int i = 0; i < _width * _height; i++)
        {
            // Grain is mostly of brightness.
            float common = grain * _random.NextNormal();
            for (int channel = 0; channel < 3; channel++)
            {
                pixels[4 * i + channel] = (byte)Math.Clamp(_colours[3 * i + channel] + common + 0.3f * grain * _random.NextNormal(), 0, 255);
            }
            pixels[4 * i + 3] = 255;
        }
        seen = [.. placed.Select(place => ToPicture(place))];
        return new Picture(pixels, _width, _height);

        // The turn and the perspective backwards, by a few steps towards it.
        Placed ToPicture(Placed place)
        {
            double wantedX = place.CenterX - _width / 2.0, wantedY = place.CenterY - _height / 2.0, depth = 1, u = 0, v = 0;
            for (int i = 0; i < 8; i++)
            {
                (u, v) = (depth * (cos * wantedX + sin * wantedY), depth * (-sin * wantedX + cos * wantedY));
                depth = 1 + tiltX * u + tiltY * v;
            }
            return new Placed(u + _width / 2.0, v + _height / 2.0, place.Side * depth);
        }
    }

    /// <summary>Levels as ink, 0 to 1, with an edge as a pen has: twelve times as fine, then steeper.</summary>
    private static float[] Sharpened(byte[] digit)
    {
        const int Times = 6;
        float[] fine = new float[28 * Times * 28 * Times];
        float[] levels = [.. digit.Select(level => level / 255f)];
        for (int y = 0; y < 28 * Times; y++)
        {
            for (int x = 0; x < 28 * Times; x++)
            {
                float value = Cubic(levels, (x + 0.5) / Times - 0.5, (y + 0.5) / Times - 0.5);
                fine[y * 28 * Times + x] = Math.Clamp((value - 0.4f) * 2.5f + 0.5f, 0, 1);
            }
        }
        return fine;
    }

    /// <summary>Catmull-Rom between pixels.</summary>
    private static float Cubic(float[] levels, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float u = (float)(x - left), v = (float)(y - top), sum = 0;
        for (int j = -1; j <= 2; j++)
        {
            for (int i = -1; i <= 2; i++)
            {
                if ((uint)(left + i) < 28 && (uint)(top + j) < 28)
                {
                    sum += levels[(top + j) * 28 + left + i] * Weight(u - i) * Weight(v - j);
                }
            }
        }
        return sum;

        static float Weight(float distance)
        {
            float d = Math.Abs(distance);
            return d < 1 ? 1.5f * d * d * d - 2.5f * d * d + 1 : d < 2 ? -0.5f * d * d * d + 2.5f * d * d - 4 * d + 2 : 0;
        }
    }

    private static float Sample(float[] fine, double x, double y)
    {
        const int Times = 6, Side = 28 * Times;
        double fx = x * Times - 0.5, fy = y * Times - 0.5;
        int left = (int)Math.Floor(fx), top = (int)Math.Floor(fy);
        if (left < 0 || top < 0 || left >= Side - 1 || top >= Side - 1)
        {
            return 0;
        }
        float u = (float)(fx - left), v = (float)(fy - top);
        float upper = fine[top * Side + left] * (1 - u) + fine[top * Side + left + 1] * u;
        float lower = fine[(top + 1) * Side + left] * (1 - u) + fine[(top + 1) * Side + left + 1] * u;
        return upper * (1 - v) + lower * v;
    }

    /// <summary>Noise of three sizes.</summary>
    private float[] Texture()
    {
        float[] sum = new float[_width * _height];
        foreach ((int cell, float strength) in new[] { (2, _random.NextUniform(0.5f, 3)), (7, _random.NextUniform(0.5f, 3)), (40, _random.NextUniform(0.5f, 4)) })
        {
            int columns = _width / cell + 2, rows = _height / cell + 2;
            float[] nodes = new float[columns * rows];
            _random.FillNormal(nodes);
            for (int y = 0; y < _height; y++)
            {
                for (int x = 0; x < _width; x++)
                {
                    float u = (float)(x % cell) / cell, v = (float)(y % cell) / cell;
                    int node = y / cell * columns + x / cell;
                    sum[y * _width + x] += strength * ((nodes[node] * (1 - u) + nodes[node + 1] * u) * (1 - v) + (nodes[node + columns] * (1 - u) + nodes[node + columns + 1] * u) * v);
                }
            }
        }
        return sum;
    }

    private void Blur(float deviation)
    {
        int radius = (int)Math.Ceiling(3 * deviation);
        float[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(i => MathF.Exp(-i * i / (2 * deviation * deviation + 1e-6f)))];
        float total = weights.Sum();
        float[] from = _colours, to = new float[_colours.Length];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int y = 0; y < _height; y++)
            {
                for (int x = 0; x < _width; x++)
                {
                    for (int channel = 0; channel < 3; channel++)
                    {
                        float sum = 0;
                        for (int i = -radius; i <= radius; i++)
                        {
                            int px = pass == 0 ? Math.Clamp(x + i, 0, _width - 1) : x, py = pass == 1 ? Math.Clamp(y + i, 0, _height - 1) : y;
                            sum += weights[i + radius] * from[(py * _width + px) * 3 + channel];
                        }
                        to[(y * _width + x) * 3 + channel] = sum / total;
                    }
                }
            }
            (from, to) = (to, from);
        }
    }
}
