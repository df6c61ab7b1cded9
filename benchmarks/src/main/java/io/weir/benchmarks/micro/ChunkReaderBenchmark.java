package io.weir.benchmarks.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.ChunkReader;
import io.weir.http.Progress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Taking the framing off a read of 16 KiB. Since that is done in place, the input is made anew each time; {@link #copy} is what that costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChunkReaderBenchmark {
    private static final int READ = 16_384;

    /** Bytes of data in each chunk. */
    @Param({"16", "256", "4000", "16000"})
    public int chunk = 16;

    private final ChunkReader reader = new ChunkReader();
    private final ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(2 * READ);
    private final ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(2 * READ);

    @Setup
    public void fill() {
        while (body.readableBytes() + chunk + 20 <= READ) {
            body.writeCharSequence(Integer.toHexString(chunk) + "\r\n", StandardCharsets.US_ASCII);
            body.writeZero(chunk);
            body.writeCharSequence("\r\n", StandardCharsets.US_ASCII);
        }
        body.writeCharSequence("0\r\n\r\n", StandardCharsets.US_ASCII);
    }

    @TearDown
    public void release() {
        body.release();
        in.release();
    }

    @Benchmark
    public ByteBuf copy() {
        return in.clear().writeBytes(body, 0, body.readableBytes());
    }

    @Benchmark
    public int read() {
        reader.reset();
        if (reader.read(copy()) != Progress.END) {
            throw new IllegalStateException();
        }
        return reader.dataLength();
    }
}
