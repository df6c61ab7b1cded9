package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.weir.http.HeadLines;
import io.weir.http.RequestHead;
import io.weir.upstream.WorkerSide;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldBodyTest {
    private static final int PIECES = 10_000;

    private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    private final HeldBody held = new HeldBody();

    @AfterEach
    void nothingIsLeft() {
        assertThat(inUse()).as("bytes in buffers").isZero();
    }

    private long inUse() {
        return alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory();
    }

    private void add(String text) {
        held.add(ByteBufUtil.writeAscii(alloc, text));
    }

    /** A worker that keeps the buffers that it is sent, as a connection does that is not writable. */
    private static final class SlowWorker implements WorkerSide {
        private final List<ByteBuf> buffers = new ArrayList<>();

        /** What it was sent so far, which it lets go of. */
        String take() {
            StringBuilder out = new StringBuilder();
            for (ByteBuf buffer : buffers) {
                out.append(buffer.toString(StandardCharsets.US_ASCII));
                buffer.release();
            }
            buffers.clear();
            return out.toString();
        }

        @Override
        public void body(ByteBuf data) {
            buffers.add(data);
        }

        @Override
        public void head(RequestHead head, HeadLines lines) {
            throw new AssertionError("a head");
        }

        @Override
        public void end(byte @Nullable [] trailers) {
            throw new AssertionError("an end");
        }

        @Override
        public void flush() {
            throw new AssertionError("a flush");
        }

        @Override
        public boolean isWritable() {
            return false;
        }

        @Override
        public void demand(boolean more) {
            throw new AssertionError("a demand");
        }

        @Override
        public void abort() {
            throw new AssertionError("an abort");
        }

        @Override
        public boolean isReused() {
            return false;
        }
    }

    private String copy() {
        SlowWorker to = new SlowWorker();
        held.copyTo(to);
        return to.take();
    }

    @Test
    void smallPiecesAreGatheredAndSentInOrderAsOftenAsNeedBe() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < PIECES; i++) {
            String piece = String.valueOf((char) ('a' + i % 23));
            ByteBuf read = alloc.buffer(2048); // small pieces come in buffers that are not
            held.add(read.writeBytes(piece.getBytes(StandardCharsets.US_ASCII)));
            all.append(piece);
        }
        assertThat(held.bytes()).isEqualTo(PIECES);
        assertThat(inUse()).isLessThanOrEqualTo(2 * PIECES);
        assertThat(copy()).isEqualTo(all.toString());
        assertThat(copy()).isEqualTo(all.toString());
        SlowWorker last = new SlowWorker();
        held.moveTo(last);
        assertThat(last.buffers).hasSizeLessThanOrEqualTo(2);
        assertThat(last.take()).isEqualTo(all.toString());
        assertThat(held.bytes()).isZero();
        assertThat(copy()).isEmpty();
    }

    @Test
    void aLargePieceKeepsItsPlaceBetweenSmallOnes() {
        String large = "x".repeat(20_000);
        add("a");
        add("b");
        add(large);
        add("c");
        add("d");
        assertThat(copy()).isEqualTo("ab" + large + "cd");
        held.release();
    }

    @Test
    void aPieceThatIsAddedLaterDoesNotChangeWhatWasSent() {
        SlowWorker first = new SlowWorker();
        SlowWorker second = new SlowWorker();
        add("early ");
        held.copyTo(first);
        add("late");
        held.copyTo(second);
        assertThat(first.take()).isEqualTo("early ");
        held.release();
        assertThat(second.take()).as("also when it is let go of meanwhile").isEqualTo("early late");
    }

    @Test
    void aPieceThatIsAddedBehindAMoveIsHeldAnew() {
        SlowWorker moved = new SlowWorker();
        add("early");
        held.moveTo(moved);
        add("late");
        assertThat(moved.take()).isEqualTo("early");
        assertThat(copy()).isEqualTo("late");
        held.release();
        held.release();
    }
}
