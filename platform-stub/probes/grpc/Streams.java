import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.integration.Messages.Payload;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import io.grpc.testing.integration.TestServiceGrpc;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Streams of gRPC in both directions that stay open: each sends a message at an interval, and wants one answer for each, in order. Tells how they
 * fare, as one line of JSON, for each line that it reads; at the end of its input it half-closes them, and tells once more when all have ended.
 *
 * <p>Arguments: port, authority, number of streams, number of channels, interval in milliseconds. A stream that ends is not opened again, nor is
 * a call retried.
 */
final class Streams {
  private static final int SIZES = 1000; // Each answer has another size than the one before, which shows when one is missing.

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    int count = Integer.parseInt(args[2]);
    int interval = Integer.parseInt(args[4]);
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      channels.add(Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).overrideAuthority(args[1]).disableRetry().build());
    }
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    CountDownLatch open = new CountDownLatch(count);
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Stream stream = new Stream(open);
      stream.requests = TestServiceGrpc.newStub(channels.get(i % channels.size())).fullDuplexCall(stream);
      streams.add(stream);
      clock.scheduleAtFixedRate(stream::send, (long) i * interval / count, interval, TimeUnit.MILLISECONDS);
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      tell(streams);
    }
    clock.submit(() -> streams.forEach(Stream::close)).get();
    open.await(10, TimeUnit.SECONDS);
    tell(streams);
    System.exit(0);
  }

  private static void tell(List<Stream> streams) {
    int opened = 0;
    int sent = 0;
    int answered = 0;
    int wrong = 0;
    List<Integer> each = new ArrayList<>();
    TreeMap<String, Integer> ended = new TreeMap<>();
    for (Stream stream : streams) {
      synchronized (stream) {
        opened += stream.answered > 0 ? 1 : 0;
        sent += stream.sent;
        answered += stream.answered;
        wrong += stream.wrong;
        each.add(stream.answered);
        if (stream.status != null) {
          ended.merge(stream.status.getCode() + (stream.status.getDescription() == null ? "" : ": " + stream.status.getDescription()), 1, Integer::sum);
        }
      }
    }
    String statuses = ended.entrySet().stream().map(e -> quoted(e.getKey()) + ": " + e.getValue()).collect(Collectors.joining(", ", "{", "}"));
    System.out.printf("{\"opened\": %d, \"sent\": %d, \"answered\": %d, \"wrong\": %d, \"each\": %s, \"ended\": %s}%n", opened, sent, answered, wrong, each, statuses);
    System.out.flush();
  }

  private static String quoted(String text) {
    return '"' + text.replaceAll("[^ -~]", "?").replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** One of them. What is sent is sent by the clock alone. */
  private static final class Stream implements StreamObserver<StreamingOutputCallResponse> {
    private final CountDownLatch open;
    private StreamObserver<StreamingOutputCallRequest> requests;
    private int sent;
    private int answered;
    private int wrong;
    private boolean closed;
    private Status status;

    Stream(CountDownLatch open) {
      this.open = open;
    }

    private static int size(int message) {
      return 1 + message % SIZES;
    }

    void send() {
      int size;
      synchronized (this) {
        if (closed || status != null) {
          return;
        }
        size = size(sent++);
      }
      requests.onNext(StreamingOutputCallRequest.newBuilder()
          .addResponseParameters(ResponseParameters.newBuilder().setSize(size))
          .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
          .build());
    }

    void close() {
      synchronized (this) {
        closed = true;
        if (status != null) {
          return;
        }
      }
      requests.onCompleted();
    }

    @Override
    public synchronized void onNext(StreamingOutputCallResponse answer) {
      wrong += answer.getPayload().getBody().size() == size(answered++) ? 0 : 1;
    }

    @Override
    public void onError(Throwable failure) {
      end(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end(Status.OK);
    }

    private synchronized void end(Status with) {
      status = with;
      open.countDown();
    }
  }
}
